import { Stack } from "@mantine/core";
import { CircleCheck, TrendingDown } from "lucide-react";
import { dropOffWords } from "../words";
import { Statement } from "./Statement";
import type { Side } from "./sides";

/** The step where the greatest part is lost, in words. */
export function DropOff({ sides }: { sides: readonly Side[] }) {
  return (
    <Stack gap="xs" component="section" aria-label="Where people are lost">
      {sides.map(({ label, data }) => (
        <Statement
          key={label}
          icon={data.drop_off ? TrendingDown : CircleCheck}
          title={`Where people are lost${sides.length > 1 ? `, ${label}` : ""}`}
        >
          {dropOffWords(data)}
        </Statement>
      ))}
    </Stack>
  );
}
