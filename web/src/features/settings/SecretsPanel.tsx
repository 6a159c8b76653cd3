import { Button, Group, PasswordInput, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api, call, useSession } from "@/api";
import { ConfirmButton, EmptyState, Instant, ProblemAlert } from "@/shared";
import { secretsQuery } from "./queries";

/** Values that steps use by name, such as the address of a Slack webhook. They can be written, not read. */
export function SecretsPanel() {
  const { data, error, isPending, refetch } = useQuery(secretsQuery());
  const client = useQueryClient();
  const { may, lacks } = useSession();
  const remove = async (name: string) => {
    await call(api.DELETE("/v1/secrets/{name}", { params: { path: { name } } }));
    await client.invalidateQueries({ queryKey: ["secrets"] });
  };
  return (
    <Stack maw={760}>
      <Text c="dimmed">
        A step names a secret as <code>secret:name</code>. Its value is stored encrypted and never shown again, in no
        history, timeline or log.
      </Text>
      {may("admin") ? <SecretForm /> : <Text>Only a key with the scope admin may write secrets.</Text>}
      {isPending && <Skeleton height={120} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {data && data.items.length === 0 && <EmptyState icon={KeyRound} title="No secret yet" />}
      {data && data.items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Written</Table.Th>
              <Table.Th>Remove</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((secret) => (
              <Table.Tr key={secret.name}>
                <Table.Td>
                  <code>{secret.name}</code>
                </Table.Td>
                <Table.Td>
                  <Instant at={secret.updated_at} relative />
                </Table.Td>
                <Table.Td>
                  <ConfirmButton
                    size="xs"
                    variant="default"
                    label="Remove"
                    reason={lacks("admin")}
                    question={`Remove the secret "${secret.name}"?`}
                    onConfirm={() => remove(secret.name)}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function SecretForm() {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: () => call(api.PUT("/v1/secrets/{name}", { params: { path: { name } }, body: { value } })),
    onSuccess: async () => {
      setName("");
      setValue("");
      await client.invalidateQueries({ queryKey: ["secrets"] });
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Name"
            placeholder="team-slack"
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            flex={1}
            miw={160}
          />
          <PasswordInput
            label="Value"
            value={value}
            onChange={(e) => setValue(e.currentTarget.value)}
            autoComplete="off"
            flex={2}
            miw={200}
          />
          <Button type="submit" loading={save.isPending} disabled={!name || !value}>
            Save
          </Button>
        </Group>
        <ProblemAlert problem={save.error} />
      </Stack>
    </form>
  );
}
