import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { type OpenAlarm, useOpenByWorkflow } from "@/features/alarms/open";
import { length, type Shown, share, Value } from "@/features/figures";
import { Instant, StatusBadge } from "@/shared";
import { AlarmBadges } from "./AlarmBadges";
import type { Health, Workflow } from "./queries";
import { Reasons } from "./Reasons";
import { errorsOf } from "./selection";

/** Workflows with their health at a glance; archived ones, and those just made, have none. */
export function WorkflowTable({ workflows, health }: { workflows: Workflow[]; health: readonly Health[] }) {
  const alarms = useOpenByWorkflow();
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Workflow</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Inside now</Table.Th>
            <Table.Th title="With success, of those who finished in 30 days">Completion</Table.Th>
            <Table.Th title="Of all steps attempted in 30 days">Errors</Table.Th>
            <Table.Th title="Of waits that time ended, 99 % were no later">Lateness</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((w) => (
            <Row
              key={w.key}
              workflow={w}
              health={health.find((h) => h.key === w.key)}
              alarms={alarms.get(w.key) ?? []}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type RowProps = { workflow: Workflow; health: Health | undefined; alarms: readonly OpenAlarm[] };

function Row({ workflow: w, health, alarms }: RowProps) {
  const errors = errorsOf(w);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/workflows/${w.key}`} fw={600}>
          {w.name || w.key}
        </Anchor>
        <Text size="sm" c="dimmed">
          {[w.folder, w.key, w.owner].filter(Boolean).join(" · ")}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          <StatusBadge status={w.status} />
          <AlarmBadges workflow={w.key} alarms={alarms} />
          {errors > 0 && (
            <Badge color="orange" variant="light" tt="none" leftSection={<TriangleAlert size={12} aria-hidden />}>
              {errors} to finish
            </Badge>
          )}
          {health && w.status !== "draft" && <Reasons of={health} />}
        </Group>
      </Table.Td>
      <Table.Td>
        {w.active > 0 ? (
          <Anchor component={Link} to={`/enrollments?workflow=${encodeURIComponent(w.key)}`}>
            {w.active.toLocaleString()}
          </Anchor>
        ) : (
          "nobody"
        )}
      </Table.Td>
      <Table.Td>
        <Figure workflow={w.key} of={share(health?.completion_rate ?? null, "nobody has finished yet")} />
      </Table.Td>
      <Table.Td>
        <Figure workflow={w.key} of={share(health?.error_rate ?? null, "no step was attempted yet")} />
      </Table.Td>
      <Table.Td>
        <Figure workflow={w.key} of={length(health?.lateness_s.p99 ?? null, "no wait ended by time")} />
      </Table.Td>
      <Table.Td>{w.version ?? "–"}</Table.Td>
      <Table.Td>
        <Instant at={w.updated_at} relative />
      </Table.Td>
    </Table.Tr>
  );
}

/** A figure that leads to the dashboard; one that is not there leads nowhere. */
function Figure({ workflow, of }: { workflow: string; of: Shown }) {
  if (of.why) return <Value of={of} />;
  return (
    <Anchor
      style={{ whiteSpace: "nowrap" }}
      renderRoot={(props) => <Link to="/workflows/$key/figures" params={{ key: workflow }} {...props} />}
    >
      {of.text}
    </Anchor>
  );
}
