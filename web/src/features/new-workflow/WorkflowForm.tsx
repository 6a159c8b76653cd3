import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiProblem } from "@/api";
import type { Definition } from "@/graph";
import { ProblemAlert } from "@/shared";
import { createWorkflow } from "./create";
import { keyFromName } from "./keys";

type Props = {
  title: string;
  verb: string;
  /** The name that is proposed. */
  name: string;
  /** The definition to create under the name and key that were chosen. */
  make: (name: string, key: string) => Promise<Definition>;
  onClose: () => void;
};

/** Asks for the name of a new workflow, shows the key made of it, creates it and opens it. */
export function WorkflowForm({ title, verb, name: proposed, make, onClose }: Props) {
  const [name, setName] = useState(proposed);
  const [own, setOwn] = useState<string | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const key = own ?? keyFromName(name);
  const creating = useMutation({
    mutationFn: async () => createWorkflow(await make(name.trim(), key)),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["workflows"] });
      await navigate({ to: "/workflows/$key", params: { key } });
    },
  });
  const taken = creating.error instanceof ApiProblem && creating.error.status === 409;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (name.trim() !== "" && key !== "") creating.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            maxLength={200}
            required
            data-autofocus
          />
          <TextInput
            label="Key"
            description="In addresses, the API and files. It cannot be changed later."
            value={key}
            onChange={(e) => setOwn(e.currentTarget.value)}
            maxLength={63}
            required
            error={taken ? "Another workflow has this key" : undefined}
          />
          {!taken && <ProblemAlert problem={creating.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creating.isPending} disabled={name.trim() === "" || key === ""}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
