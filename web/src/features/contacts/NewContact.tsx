import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { ApiProblem, api, call, idempotencyKey, useSession } from "@/api";
import { GuardedButton, ProblemAlert } from "@/shared";

export function NewContact() {
  const [opened, { open, close }] = useDisclosure();
  const { lacks } = useSession();
  return (
    <>
      <GuardedButton leftSection={<Plus size={16} aria-hidden />} onClick={open} reason={lacks("editor")}>
        New contact
      </GuardedButton>
      <Modal opened={opened} onClose={close} title="New contact">
        {opened && <ContactForm />}
      </Modal>
    </>
  );
}

function ContactForm() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [fields, setFields] = useState({ email: "", first_name: "", last_name: "" });
  const set = (change: Partial<typeof fields>) => setFields((f) => ({ ...f, ...change }));
  const make = useMutation({
    mutationFn: () => {
      const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim()));
      return call(api.POST("/v1/contacts", { params: { header: { "Idempotency-Key": idempotencyKey() } }, body }));
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["contacts"] });
      await navigate({ to: `/contacts/${made.id}` });
    },
  });
  const at = (pointer: string) => (make.error instanceof ApiProblem ? make.error.at(pointer)[0]?.message : undefined);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Mail address"
          required
          value={fields.email}
          error={at("/email")}
          onChange={(e) => set({ email: e.currentTarget.value })}
          data-autofocus
        />
        <Group grow>
          <TextInput
            label="First name"
            value={fields.first_name}
            onChange={(e) => set({ first_name: e.currentTarget.value })}
          />
          <TextInput
            label="Last name"
            value={fields.last_name}
            onChange={(e) => set({ last_name: e.currentTarget.value })}
          />
        </Group>
        <ProblemAlert problem={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
