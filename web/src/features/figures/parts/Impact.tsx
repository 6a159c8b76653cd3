import { Stack } from "@mantine/core";
import { Target } from "lucide-react";
import { Statement } from "./Statement";
import type { Side } from "./sides";

/** What became of the goal after enrollment, against before, in the server's words. */
export function Impact({ sides }: { sides: readonly Side[] }) {
  return (
    <Stack gap="xs" component="section" aria-label="Impact on the goal">
      {sides.map(({ label, data: { impact } }) => (
        <Statement
          key={label}
          icon={Target}
          title={`Impact on the goal${impact ? ` ${impact.event}` : ""}${sides.length > 1 ? `, ${label}` : ""}`}
        >
          {impact
            ? impact.words
            : "No goal is set. The settings of the workflow can name an event that it is to bring."}
        </Statement>
      ))}
    </Stack>
  );
}
