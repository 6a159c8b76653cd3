import { Group, Paper, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";

type Props = { icon: LucideIcon; title: string; children: string };

/** One thing that the figures say, as a sentence. */
export function Statement({ icon: Icon, title, children }: Props) {
  return (
    <Paper withBorder p="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={20} aria-hidden style={{ flex: "none" }} />
        <div>
          <Text size="sm" c="dimmed">
            {title}
          </Text>
          <Text fw={600}>{children}</Text>
        </div>
      </Group>
    </Paper>
  );
}
