import { Button, Group, PasswordInput, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type Ref, useRef, useState } from "react";
import { api, call, useSession } from "@/api";
import { ConfirmButton, EmptyState, GuardedButton, Instant, ProblemAlert } from "@/shared";
import { secretsQuery } from "./queries";

/** Values that steps use by name, such as the address of a Slack webhook. They can be written, not read. */
export function SecretsPanel() {
  const { data, error, isPending, refetch } = useQuery(secretsQuery());
  const client = useQueryClient();
  const { may, lacks } = useSession();
  const [name, setName] = useState("");
  const value = useRef<HTMLInputElement>(null);
  const replace = (secret: string) => {
    setName(secret);
    value.current?.focus();
  };
  const known = data?.items.some((secret) => secret.name === name) ?? false;
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
      {may("admin") ? (
        <SecretForm name={name} onName={setName} known={known} valueRef={value} />
      ) : (
        <Text>Only a key with the scope admin may write secrets.</Text>
      )}
      {isPending && <Skeleton height={120} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {data && data.items.length === 0 && (
        <EmptyState icon={KeyRound} title="No secret yet">
          {may("admin")
            ? "Give the first one a name and its value above. Then choose it in a step, such as one that posts to Slack."
            : "Ask somebody whose key has the scope admin to write the first one."}
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Written</Table.Th>
              <Table.Th>Change</Table.Th>
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
                  <Group gap="xs">
                    <GuardedButton
                      size="xs"
                      variant="default"
                      aria-label={`Replace ${secret.name}`}
                      reason={lacks("admin")}
                      onClick={() => replace(secret.name)}
                    >
                      Replace
                    </GuardedButton>
                    <ConfirmButton
                      size="xs"
                      variant="default"
                      label="Remove"
                      reason={lacks("admin")}
                      question={`Remove the secret "${secret.name}"?`}
                      onConfirm={() => remove(secret.name)}
                    />
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

type FormProps = {
  name: string;
  onName: (name: string) => void;
  /** There is one of that name: its value is replaced. */
  known: boolean;
  valueRef: Ref<HTMLInputElement>;
};

function SecretForm({ name, onName, known, valueRef }: FormProps) {
  const client = useQueryClient();
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: () => call(api.PUT("/v1/secrets/{name}", { params: { path: { name } }, body: { value } })),
    onSuccess: async () => {
      notifications.show({ color: "teal", message: `The secret ${name} is ${known ? "replaced" : "kept"}.` });
      onName("");
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
            onChange={(e) => onName(e.currentTarget.value)}
            flex={1}
            miw={160}
          />
          <PasswordInput
            label="Value"
            ref={valueRef}
            value={value}
            onChange={(e) => setValue(e.currentTarget.value)}
            autoComplete="off"
            flex={2}
            miw={200}
          />
          <Button type="submit" loading={save.isPending} disabled={!name || !value}>
            {known ? "Replace" : "Save"}
          </Button>
        </Group>
        {known && (
          <Text size="sm" c="dimmed">
            There is a secret of this name. Steps that name it use the new value from now on.
          </Text>
        )}
        <ProblemAlert problem={save.error} />
      </Stack>
    </form>
  );
}
