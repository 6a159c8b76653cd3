import { Group, List, Progress, Stack, Text } from "@mantine/core";
import { Check, X } from "lucide-react";
import type { Result } from "./useOperate";

/** How far the work has come, and the server's answer for each enrollment. */
export function ResultList({ results, total }: { results: readonly Result[]; total: number }) {
  const failed = results.filter((r) => !r.ok).length;
  return (
    <Stack gap="xs">
      {total > 1 && <Progress value={(100 * results.length) / total} aria-label="Progress" />}
      <Text size="sm" aria-live="polite">
        {results.length} of {total} done{failed > 0 ? `, ${failed} refused` : ""}
      </Text>
      <List size="sm" listStyleType="none" spacing={4} mah={260} style={{ overflowY: "auto" }}>
        {results.map((r) => (
          <List.Item key={r.enrollment.id}>
            <Group gap={6} wrap="nowrap" align="flex-start">
              {r.ok ? <Check size={16} aria-label="Done" /> : <X size={16} aria-label="Refused" />}
              <Text span size="sm">
                {r.enrollment.contact.email ?? r.enrollment.contact.id}: {r.words}
              </Text>
            </Group>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
