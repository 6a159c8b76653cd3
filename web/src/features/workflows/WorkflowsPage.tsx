import { Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { EmptyState, Instant, Page, ProblemAlert, StatusBadge } from "@/shared";
import { workflowsQuery } from "./queries";

/** All workflows with what matters at a glance. */
export function WorkflowsPage() {
  const { data, error, isPending, refetch } = useQuery(workflowsQuery());
  return (
    <Page title="Workflows">
      {isPending && <Skeleton height={160} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {data && data.items.length === 0 && <EmptyState icon={Workflow} title="No workflow yet" />}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th>Inside</Table.Th>
                <Table.Th>Changed</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((w) => (
                <Table.Tr key={w.key}>
                  <Table.Td>
                    <Text fw={600}>{w.name}</Text>
                    <Text size="sm" c="dimmed">
                      {w.key}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <StatusBadge status={w.status} />
                  </Table.Td>
                  <Table.Td>{w.active}</Table.Td>
                  <Table.Td>
                    <Instant at={w.updated_at} relative />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Page>
  );
}
