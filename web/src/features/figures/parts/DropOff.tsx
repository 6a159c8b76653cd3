import { Group, Paper, Stack, Text } from "@mantine/core";
import { CircleCheck, TrendingDown } from "lucide-react";
import { dropOffWords } from "../words";
import type { Side } from "./sides";

/** The step where the greatest part is lost, in words. */
export function DropOff({ sides }: { sides: readonly Side[] }) {
  return (
    <Stack gap="xs" component="section" aria-label="Where people are lost">
      {sides.map(({ label, data }) => {
        const Icon = data.drop_off ? TrendingDown : CircleCheck;
        return (
          <Paper key={label} withBorder p="sm">
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <Icon size={20} aria-hidden style={{ flex: "none" }} />
              <div>
                <Text size="sm" c="dimmed">
                  Where people are lost{sides.length > 1 && `, ${label}`}
                </Text>
                <Text fw={600}>{dropOffWords(data)}</Text>
              </div>
            </Group>
          </Paper>
        );
      })}
    </Stack>
  );
}
