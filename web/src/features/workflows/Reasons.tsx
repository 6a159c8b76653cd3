import { Badge, Group } from "@mantine/core";
import { EyeOff, Hand, type LucideIcon, TriangleAlert, UserX } from "lucide-react";
import { type Reason, reasonsOf } from "./health";
import type { Health } from "./queries";

const looks: Record<Reason["why"], [color: string, icon: LucideIcon]> = {
  errors: ["red", TriangleAlert],
  held: ["orange", Hand],
  silent: ["yellow", EyeOff],
  no_owner: ["gray", UserX],
};

/** Why somebody should look at a workflow. */
export function Reasons({ of }: { of: Health }) {
  return (
    <Group gap={4}>
      {reasonsOf(of).map(({ why, words }) => {
        const [color, Icon] = looks[why];
        return (
          <Badge key={why} color={color} variant="light" tt="none" leftSection={<Icon size={12} aria-hidden />}>
            {words}
          </Badge>
        );
      })}
    </Group>
  );
}
