import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight, TriangleAlert } from "lucide-react";
import { pausedWorkflowsQuery } from "@/features/enrollments";
import { Instant, WorkflowName } from "@/shared";
import { GroupActions } from "./GroupActions";
import { Items } from "./Items";
import type { Failure, GroupAction } from "./queries";
import { Remedies } from "./Remedies";
import { nounOf, sentence, stateWords } from "./words";

type Props = {
  failure: Failure;
  opened: boolean;
  onToggle: (open: boolean) => void;
  onAsk: (action: GroupAction) => void;
};

/** One cause: what happened, where, to how many, what to mend, and whom it hit. */
export function GroupCard({ failure: f, opened, onToggle, onAsk }: Props) {
  const Chevron = opened ? ChevronDown : ChevronRight;
  const noun = nounOf(f.kind, f.count);
  return (
    <Paper withBorder p="md" component="article" aria-label={f.cause}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={3} size="h5" style={{ flex: "1 1 16rem", overflowWrap: "anywhere" }}>
            {sentence(f.cause)}
          </Title>
          <Badge
            color={f.open > 0 ? "orange" : "gray"}
            variant="light"
            size="lg"
            tt="none"
            leftSection={f.open > 0 ? <TriangleAlert size={14} aria-hidden /> : undefined}
          >
            {f.count.toLocaleString("en")} {noun}
          </Badge>
        </Group>
        <Where failure={f} />
        <Text size="sm">
          {sentence(stateWords(f.states))}. First <Instant at={f.first_seen} relative />, last{" "}
          <Instant at={f.last_seen} relative />.
        </Text>
        <Text size="sm">{sentence(f.retry.advice)}.</Text>
        <Remedies failure={f} />
        <PausedNote failure={f} />
        <GroupActions failure={f} onAsk={onAsk} />
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Chevron size={14} aria-hidden />}
            aria-expanded={opened}
            onClick={() => onToggle(!opened)}
          >
            Whom it hit
          </Button>
        </Group>
        {opened && <Items failure={f} />}
      </Stack>
    </Paper>
  );
}

function Where({ failure: f }: { failure: Failure }) {
  if (!f.workflow) return null;
  const versions = f.versions.map((v) => (v === 0 ? "the draft" : String(v))).join(", ");
  return (
    <Text size="sm" c="dimmed">
      <Anchor component={Link} to={`/workflows/${f.workflow}`} size="sm" underline="always">
        <WorkflowName of={f.workflow} />
      </Anchor>
      {f.node && (
        <>
          {", step "}
          <Anchor
            component={Link}
            to={`/workflows/${f.workflow}?step=${encodeURIComponent(f.node)}`}
            size="sm"
            underline="always"
          >
            {f.title ?? f.node}
          </Anchor>
        </>
      )}
      {versions && `, ${f.versions.length === 1 ? "version" : "versions"} ${versions}`}
      {`, code ${f.code}`}
    </Text>
  );
}

/** What is retried in a paused workflow goes on only when that is resumed. */
function PausedNote({ failure }: { failure: Failure }) {
  const { data = [] } = useQuery(pausedWorkflowsQuery);
  if (failure.open === 0 || !data.some((w) => w.key === failure.workflow)) return null;
  return (
    <Alert color="yellow" variant="light" p="xs">
      The workflow is paused: what is retried goes on when it is resumed.
    </Alert>
  );
}
