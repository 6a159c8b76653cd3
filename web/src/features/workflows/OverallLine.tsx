import { Box, Group, Paper, Text } from "@mantine/core";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { length, number, type Shown, share, Value } from "@/features/figures";
import { reconcileWords } from "./health";
import type { Overview } from "./queries";

/** All workflows in one line, and whether they are what Temporal has. */
export function OverallLine({ overview }: { overview: Overview }) {
  const { totals: t, reconcile } = overview;
  const { words, equal } = reconcileWords(reconcile);
  const Sign = equal ? CircleCheck : TriangleAlert;
  return (
    <Paper withBorder p="sm" mb="md" component="section" aria-label="All workflows">
      <Group gap="lg">
        <Part label="Inside now" of={{ text: number(t.active_now) }} />
        <Part label="Enrolled in 30 days" of={{ text: number(t.enrolled) }} />
        <Part label="Completion rate" of={share(t.completion_rate, "nobody has finished yet")} />
        <Part label="Error rate" of={share(t.error_rate, "no step was attempted yet")} />
        <Part label="Lateness, 99 %" of={length(t.lateness_s.p99, "no wait ended by time")} />
        <Part label="Held" of={{ text: number(t.held_now) }} />
        <Group gap={6} wrap="nowrap">
          <Sign size={16} aria-hidden style={{ flex: "none" }} />
          <Text size="sm" role="status" aria-label="Against Temporal">
            {words}
          </Text>
        </Group>
      </Group>
    </Paper>
  );
}

function Part({ label, of }: { label: string; of: Shown }) {
  return (
    <Box role="group" aria-label={label}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={650}>
        <Value of={of} />
      </Text>
    </Box>
  );
}
