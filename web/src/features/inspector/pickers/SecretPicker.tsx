import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api, call, useSession } from "@/api";
import { keyOf, ProblemAlert } from "@/shared";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "./Picker";

const prefix = "secret:";

export const secretsQuery = (enabled: boolean) => ({
  queryKey: ["pickers", "secrets"],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (await call(api.GET("/v1/secrets", { signal }))).items.map((s) => ({ value: prefix + s.name, hint: "secret" })),
  enabled,
  staleTime: 30_000,
});

type ModalProps = { opened: boolean; onClose: () => void; onMade: (value: string) => void };

/** Keeps a new secret; its value goes to the server and is never read again. */
export function NewSecret({ opened, onClose, onMade }: ModalProps) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const client = useQueryClient();
  const key = keyOf(name).replaceAll("-", "_");
  const making = useMutation({
    mutationFn: () => call(api.PUT("/v1/secrets/{name}", { params: { path: { name: key } }, body: { value } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["pickers", "secrets"] });
      void client.invalidateQueries({ queryKey: ["secrets"] });
      onMade(prefix + key);
      setValue("");
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New secret">
      <Stack>
        <TextInput
          label="Name"
          description={key && key !== name ? `Written as ${prefix}${key}` : "Steps name it, never its value."}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          data-autofocus
        />
        <PasswordInput
          label="Value"
          description="Kept encrypted. Nobody can read it again."
          value={value}
          onChange={(e) => setValue(e.currentTarget.value)}
          autoComplete="off"
        />
        <ProblemAlert problem={making.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => making.mutate()} loading={making.isPending} disabled={!key || !value}>
            Keep it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The button beside a field that may name a secret. */
export function NewSecretButton({ onMade, words = "New secret" }: { onMade: (value: string) => void; words?: string }) {
  const { may } = useSession();
  const [opened, setOpened] = useState(false);
  if (!may("admin")) {
    return (
      <Text size="xs" c="dimmed">
        New secrets are kept by administrators.
      </Text>
    );
  }
  return (
    <>
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<KeyRound size={12} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        {words}
      </Button>
      <NewSecret opened={opened} onClose={() => setOpened(false)} onMade={onMade} />
    </>
  );
}

/** A secret by name, or an address that may be one. */
export function SecretWidget(props: WidgetProps) {
  const value = textOf(props.value);
  const { may } = useSession();
  const { data, isFetching } = useQuery(secretsQuery(may("editor")));
  return (
    <div>
      <Picker
        {...control(props)}
        placeholder={props.placeholder ?? "secret:name"}
        value={value}
        options={data ?? []}
        busy={isFetching}
        onChange={(v, how) => props.onChange(v || undefined, how)}
      />
      {!props.readOnly && <NewSecretButton onMade={(made) => props.onChange(made)} />}
    </div>
  );
}
