import { Badge, Group, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { api, call, type Schemas } from "@/api";
import { ConfirmButton, EmptyState, Instant, LoadMore, ProblemAlert } from "@/shared";
import { NewKey } from "./NewKey";
import { keysQuery } from "./queries";

/** Who holds which key, and what each may do. */
export function KeysPanel() {
  const keys = useInfiniteQuery(keysQuery());
  const items = keys.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed" maw={560}>
          A key belongs to a person and is shown once, when it is made. Revoking one ends its sessions, too.
        </Text>
        <NewKey />
      </Group>
      {keys.isPending && <Skeleton height={160} />}
      {keys.error && <ProblemAlert problem={keys.error} retry={() => void keys.refetch()} />}
      {keys.data && items.length === 0 && (
        <EmptyState icon={KeyRound} title="No key yet">
          Make one for each program that talks to this one, and for each person: a key says who did what.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={720}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Person</Table.Th>
                <Table.Th>Begins with</Table.Th>
                <Table.Th>May</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>State</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((key) => (
                <KeyRow key={key.id} of={key} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LoadMore of={keys} />
    </Stack>
  );
}

function KeyRow({ of: key }: { of: Schemas["ApiKey"] }) {
  const client = useQueryClient();
  const revoke = async () => {
    await call(api.DELETE("/v1/api-keys/{id}", { params: { path: { id: key.id } } }));
    await client.invalidateQueries({ queryKey: ["api-keys"] });
  };
  return (
    <Table.Tr>
      <Table.Td>{key.name}</Table.Td>
      <Table.Td>{key.person}</Table.Td>
      <Table.Td>
        <Text span ff="monospace" size="sm">
          {key.prefix}…
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4}>
          {key.scopes.map((scope) => (
            <Badge key={scope} variant="default" tt="none">
              {scope}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>{key.last_used_at ? <Instant at={key.last_used_at} relative /> : "never"}</Table.Td>
      <Table.Td>
        {key.revoked_at ? (
          <Text size="sm">
            revoked <Instant at={key.revoked_at} relative />
          </Text>
        ) : (
          <ConfirmButton
            size="xs"
            variant="default"
            label="Revoke"
            question={`Revoke the key "${key.name}"?`}
            onConfirm={revoke}
          >
            Whatever uses it is refused from then on. This cannot be undone; a new key can be made.
          </ConfirmButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
