import { Skeleton, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { api, call, useSession } from "@/api";
import { ConfirmButton, EmptyState, Instant, LoadMore, ProblemAlert } from "@/shared";
import { suppressionsQuery } from "./queries";

/** Addresses that get no mail: bounced, complained, or put here by hand. */
export function SuppressionsPanel() {
  const list = useInfiniteQuery(suppressionsQuery());
  const client = useQueryClient();
  const { lacks } = useSession();
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const remove = async (address: string) => {
    await call(api.DELETE("/v1/suppressions/{address}", { params: { path: { address } } }));
    await client.invalidateQueries({ queryKey: ["suppressions"] });
  };
  return (
    <Stack maw={900}>
      <Text c="dimmed">Addresses that get no marketing mail, whatever a workflow says.</Text>
      {list.isPending && <Skeleton height={120} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && (
        <EmptyState icon={MailX} title="Nobody is suppressed">
          Hard bounces and complaints put addresses here. There is nothing to do.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Address</Table.Th>
                <Table.Th>Why</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Remove</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((s) => (
                <Table.Tr key={`${s.channel} ${s.address}`}>
                  <Table.Td>{s.address}</Table.Td>
                  <Table.Td>{s.reason}</Table.Td>
                  <Table.Td>
                    <Instant at={s.created_at} relative />
                  </Table.Td>
                  <Table.Td>
                    <ConfirmButton
                      size="xs"
                      variant="default"
                      reason={lacks("editor")}
                      label="Remove"
                      question={`Send to ${s.address} again?`}
                      onConfirm={() => remove(s.address)}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LoadMore of={list} />
    </Stack>
  );
}
