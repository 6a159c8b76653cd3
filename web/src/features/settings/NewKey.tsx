import { Alert, Button, Checkbox, Code, CopyButton, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, call, type Scope } from "@/api";
import { ProblemAlert } from "@/shared";

const scopes: { scope: Scope; what: string }[] = [
  { scope: "events", what: "post events, and nothing else" },
  { scope: "viewer", what: "read everything but secrets" },
  { scope: "editor", what: "change drafts and contacts, test" },
  { scope: "publisher", what: "publish, pause, enroll many" },
  { scope: "admin", what: "keys, secrets, account" },
];

/** Makes a key and shows it this once. */
export function NewKey() {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
        New key
      </Button>
      <Modal opened={opened} onClose={close} title="New API key" closeOnClickOutside={false}>
        {opened && <KeyForm onDone={close} />}
      </Modal>
    </>
  );
}

function KeyForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [person, setPerson] = useState("");
  const [chosen, setChosen] = useState<string[]>(["events"]);
  const make = useMutation({
    mutationFn: () => call(api.POST("/v1/api-keys", { body: { name, person, scopes: chosen as Scope[] } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  const key = make.data?.key;
  if (key) {
    return (
      <Stack>
        <Alert color="yellow" title="Copy the key now">
          It is stored as a hash only and cannot be shown again.
        </Alert>
        <Code block>{key}</Code>
        <Group justify="flex-end">
          <CopyButton value={key}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onDone}>Done</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="What it is for"
          placeholder="Shop"
          required
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="Person"
          description="Who answers for it"
          placeholder="Ana Berg"
          required
          value={person}
          onChange={(e) => setPerson(e.currentTarget.value)}
        />
        <Checkbox.Group label="May" value={chosen} onChange={setChosen} required>
          <Stack gap="xs" mt="xs">
            {scopes.map((s) => (
              <Checkbox key={s.scope} value={s.scope} label={`${s.scope}: ${s.what}`} />
            ))}
          </Stack>
        </Checkbox.Group>
        <ProblemAlert problem={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={!name || !person || chosen.length === 0}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
