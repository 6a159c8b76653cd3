import { Anchor, Badge, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Instant, StatusBadge, WorkflowName } from "@/shared";
import type { Enrollment } from "../filter";
import { OperateMenu } from "../operate/OperateMenu";
import { whereWords } from "../words";

type Props = { enrollment: Enrollment; selected: boolean; onSelect: (on: boolean) => void };

export function EnrollmentRow({ enrollment: e, selected, onSelect }: Props) {
  const who = e.contact.email ?? e.contact.id;
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox aria-label={`Select ${who}`} checked={selected} onChange={(c) => onSelect(c.currentTarget.checked)} />
      </Table.Td>
      <Table.Td miw={210}>
        <Anchor component={Link} to={`/enrollments/${e.id}`} size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {who}
        </Anchor>
        {e.key && (
          <Text size="sm" c="dimmed">
            key {e.key}
          </Text>
        )}
        <Stack gap={4} hiddenFrom="md" mt={4} align="flex-start">
          <VersionOf enrollment={e} />
          <StatusBadge status={e.status} />
          <Text size="sm">{whereWords(e)}</Text>
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="md" miw={150}>
        <VersionOf enrollment={e} />
      </Table.Td>
      <Table.Td visibleFrom="md" miw={140}>
        <StatusBadge status={e.status} />
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm">{whereWords(e)}</Text>
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          <Instant at={e.started_at} relative />
        </Text>
      </Table.Td>
      <Table.Td>
        <OperateMenu enrollment={e} />
      </Table.Td>
    </Table.Tr>
  );
}

function VersionOf({ enrollment: e }: { enrollment: Enrollment }) {
  return (
    <>
      <Text size="sm" title={e.workflow}>
        <WorkflowName of={e.workflow} />
      </Text>
      <Group gap={4}>
        <Text size="sm" c="dimmed">
          {e.version ? `Version ${e.version}` : "Draft"}
        </Text>
        {e.test && (
          <Badge size="sm" variant="outline" color="grape" tt="none">
            test
          </Badge>
        )}
      </Group>
    </>
  );
}
