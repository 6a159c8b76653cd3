import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiProblem, api, call, useSession } from "@/api";
import { GuardedButton, ProblemAlert } from "@/shared";
import type { Pipeline } from "./queries";

/** Makes a deal of an existing contact by hand. */
export function NewDeal({ pipeline }: { pipeline: Pipeline }) {
  const [opened, { open, close }] = useDisclosure();
  const { lacks } = useSession();
  return (
    <>
      <GuardedButton variant="default" onClick={open} reason={lacks("editor")}>
        New deal
      </GuardedButton>
      <Modal opened={opened} onClose={close} title={`New deal in ${pipeline.name}`}>
        {opened && <DealForm pipeline={pipeline} onDone={close} />}
      </Modal>
    </>
  );
}

function DealForm({ pipeline, onDone }: { pipeline: Pipeline; onDone: () => void }) {
  const client = useQueryClient();
  const [title, setTitle] = useState("");
  const [contact, setContact] = useState("");
  const [stage, setStage] = useState(pipeline.stages[0]?.key ?? null);
  const [value, setValue] = useState<number | null>(null);
  const make = useMutation({
    mutationFn: () =>
      call(
        api.POST("/v1/deals", { body: { title, contact, pipeline: pipeline.key, value, ...(stage ? { stage } : {}) } }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["deals", pipeline.key] });
      onDone();
    },
  });
  const nobody = make.error instanceof ApiProblem ? make.error.at("/contact")[0]?.message : undefined;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Title"
          required
          value={title}
          onChange={(e) => setTitle(e.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="Contact"
          description="Mail address or id of a contact that exists"
          required
          error={nobody}
          value={contact}
          onChange={(e) => setContact(e.currentTarget.value)}
        />
        <Select
          label="Stage"
          data={pipeline.stages.map((s) => ({ value: s.key, label: s.name }))}
          value={stage}
          onChange={setStage}
          allowDeselect={false}
        />
        <NumberInput
          label="Value"
          min={0}
          decimalScale={2}
          value={value ?? ""}
          onChange={(v) => setValue(typeof v === "number" ? v : null)}
        />
        {nobody === undefined && <ProblemAlert problem={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the deal
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
