import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { Instant, StatusBadge } from "@/shared";
import type { Workflow } from "./queries";
import { errorsOf } from "./selection";

export function WorkflowTable({ workflows }: { workflows: Workflow[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Workflow</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Inside now</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((w) => (
            <Row key={w.key} workflow={w} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ workflow: w }: { workflow: Workflow }) {
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
          {errors > 0 && (
            <Badge color="orange" variant="light" tt="none" leftSection={<TriangleAlert size={12} aria-hidden />}>
              {errors} to finish
            </Badge>
          )}
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
      <Table.Td>{w.version ?? "–"}</Table.Td>
      <Table.Td>
        <Instant at={w.updated_at} relative />
      </Table.Td>
    </Table.Tr>
  );
}
