import { Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { GuardedButton, Instant, StatusBadge, WorkflowName } from "@/shared";
import type { Enrollment } from "../filter";

/** What the enrollment is: state, workflow, version, start, and the way to its run in Temporal. */
export function Facts({ enrollment: e }: { enrollment: Enrollment }) {
  return (
    <Group gap="sm" mb="xs">
      <StatusBadge status={e.status} />
      {e.test && (
        <Badge variant="outline" color="grape" tt="none">
          test
        </Badge>
      )}
      <Anchor component={Link} to={`/workflows/${e.workflow}`} size="sm">
        <WorkflowName of={e.workflow} />
      </Anchor>
      <VersionChip enrollment={e} />
      {e.key && <Text size="sm">key {e.key}</Text>}
      <Text size="sm" c="dimmed">
        started <Instant at={e.started_at} zone={e.timezone} />
      </Text>
      <TemporalLink url={e.temporal_url} />
    </Group>
  );
}

function VersionChip({ enrollment: e }: { enrollment: Enrollment }) {
  if (!e.version) {
    return (
      <Badge variant="light" color="gray" tt="none">
        Draft, as it was then
      </Badge>
    );
  }
  return (
    <Button
      component={Link}
      to={`/workflows/${e.workflow}?version=${e.version}`}
      size="compact-xs"
      radius="xl"
      variant="light"
    >
      Version {e.version}
    </Button>
  );
}

function TemporalLink({ url }: { url: string | null }) {
  if (!url) {
    const why = "Temporal keeps a run for 90 days after its end, or shows none here; the steps stay.";
    return (
      <GuardedButton size="compact-sm" variant="subtle" reason={why} onClick={() => {}}>
        Open in Temporal
      </GuardedButton>
    );
  }
  return (
    <Button
      component="a"
      href={url}
      target="_blank"
      rel="noreferrer"
      size="compact-sm"
      variant="subtle"
      rightSection={<ExternalLink size={14} aria-hidden />}
    >
      Open in Temporal
    </Button>
  );
}
