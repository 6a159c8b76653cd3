import { Anchor, List, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ProblemAlert } from "@/shared";
import { whereWords } from "../words";
import type { Preview } from "./batch";
import { previewWords } from "./words";

type Props = { preview: Preview | undefined; problem: unknown; onRetry: () => void };

const n = (count: number) => count.toLocaleString("en");

/** What an order would do: how many it is for, whom it would be refused for and why, and some of the others. */
export function PreviewCounts({ preview, problem, onRetry }: Props) {
  if (problem) return <ProblemAlert problem={problem} retry={onRetry} />;
  if (!preview) return <Skeleton height={72} role="status" aria-label="Counting" />;
  const { allowed, reasons, samples } = preview;
  const shown = samples.slice(0, 5);
  return (
    <Stack gap={6} role="group" aria-label="What would be done">
      <Text size="sm" fw={600} role="status">
        {previewWords(preview)}
      </Text>
      {reasons.length > 0 && (
        <List size="sm" spacing={2} aria-label="Refused">
          {reasons.map((r) => (
            <List.Item key={r.message}>
              {n(r.count)}: {r.message}
              {r.hint && ` (${r.hint})`}
            </List.Item>
          ))}
        </List>
      )}
      {samples.length > 0 && (
        <>
          {shown.length < allowed && (
            <Text size="sm" c="dimmed">
              Some of them
            </Text>
          )}
          <List size="sm" listStyleType="none" spacing={2} aria-label="Samples">
            {shown.map((e) => (
              <List.Item key={e.id} style={{ overflowWrap: "anywhere" }}>
                <Anchor component={Link} to={`/enrollments/${e.id}`} size="sm" underline="always">
                  {e.contact.email ?? e.contact.id}
                </Anchor>
                , {whereWords(e)}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
