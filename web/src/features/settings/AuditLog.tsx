import { Button, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { EmptyState, Instant, LoadMore, ProblemAlert } from "@/shared";
import { AuditDetail } from "./AuditDetail";
import { auditQuery } from "./queries";

/** Who changed what, newest first; kept for ever. */
export function AuditLog() {
  const log = useInfiniteQuery(auditQuery());
  const entries = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      {log.isPending && <Skeleton height={240} />}
      {log.error && <ProblemAlert problem={log.error} retry={() => void log.refetch()} />}
      {log.data && entries.length === 0 && (
        <EmptyState
          icon={ScrollText}
          title="Nothing was changed yet"
          action={
            <Button component={Link} to="/workflows" variant="default">
              To the workflows
            </Button>
          }
        >
          What people create, publish, pause or remove stands here, with who did it. Make a workflow to begin.
        </EmptyState>
      )}
      {entries.length > 0 && (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Detail</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>
                    <Instant at={entry.at} />
                  </Table.Td>
                  <Table.Td>{entry.person}</Table.Td>
                  <Table.Td>
                    <Text size="sm">{entry.action}</Text>
                    <Text size="sm" c="dimmed">
                      {entry.subject}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <AuditDetail detail={entry.detail} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LoadMore of={log} />
    </Stack>
  );
}
