import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { SeenValues, WorkflowName } from "@/shared";
import { type Verdict, type VerdictName, verdictWords } from "./words";

const colors: Partial<Record<VerdictName, string>> = {
  enrolled: "teal",
  advanced: "teal",
  exited: "blue",
  capped: "yellow",
  paused: "yellow",
  loop: "red",
};

/** What became of an event in one workflow: the word, the sentence, the values seen, the enrollment. */
export function VerdictLine({ verdict }: { verdict: Verdict }) {
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <VerdictBadge verdict={verdict.verdict} />
        {verdict.workflow && (
          <Anchor component={Link} to={`/workflows/${verdict.workflow}`} size="sm">
            <WorkflowName of={verdict.workflow} />
            {verdict.version ? `, version ${verdict.version}` : ""}
          </Anchor>
        )}
        <Text size="sm">{verdictWords(verdict)}</Text>
        {verdict.enrollment && (
          <Anchor component={Link} to={`/enrollments/${verdict.enrollment}`} size="sm">
            To the enrollment
          </Anchor>
        )}
      </Group>
      <SeenValues values={verdict.values} />
    </Stack>
  );
}

export function VerdictBadge({ verdict }: { verdict: VerdictName }) {
  return (
    <Badge variant="light" color={colors[verdict] ?? "gray"} tt="none" style={{ flex: "none" }}>
      {verdict}
    </Badge>
  );
}
