import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiProblem, api, call, type Schemas, useSession } from "@/api";
import { GuardedButton, keyOf, ProblemAlert } from "@/shared";

type Kind = Schemas["Stage"]["kind"];
type Draft = { id: number; name: string; kind: Kind };
const kinds: Kind[] = ["open", "won", "lost"];
const usual: Draft[] = [
  { id: 1, name: "New", kind: "open" },
  { id: 2, name: "Won", kind: "won" },
  { id: 3, name: "Lost", kind: "lost" },
];

export function NewPipeline({ onMade }: { onMade: (key: string) => void }) {
  const [opened, { open, close }] = useDisclosure();
  const { lacks } = useSession();
  return (
    <>
      <GuardedButton leftSection={<Plus size={16} aria-hidden />} onClick={open} reason={lacks("editor")}>
        New pipeline
      </GuardedButton>
      <Modal opened={opened} onClose={close} title="New pipeline">
        {opened && (
          <PipelineForm
            onMade={(key) => {
              close();
              onMade(key);
            }}
          />
        )}
      </Modal>
    </>
  );
}

function PipelineForm({ onMade }: { onMade: (key: string) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [stages, setStages] = useState(usual);
  const make = useMutation({
    mutationFn: () =>
      call(
        api.POST("/v1/pipelines", {
          body: {
            key: keyOf(name),
            name,
            stages: stages.map((s) => ({ key: keyOf(s.name), name: s.name, kind: s.kind })),
          },
        }),
      ),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["pipelines"] });
      onMade(made.key);
    },
  });
  const errors = make.error instanceof ApiProblem ? make.error : null;
  const wrong = (i: number) => errors?.at(`/stages/${i}`)[0]?.message;
  const atStages = errors?.errors.some(({ pointer }) => /^\/stages\/\d/.test(pointer)) ?? false;
  const change = (id: number, to: Partial<Draft>) =>
    setStages((list) => list.map((s) => (s.id === id ? { ...s, ...to } : s)));
  const add = () =>
    setStages((list) => [...list, { id: Math.max(0, ...list.map((s) => s.id)) + 1, name: "", kind: "open" }]);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput label="Name" required value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <Text fw={600} size="sm">
          Stages, from first to last
        </Text>
        {stages.map((stage, i) => (
          <Group key={stage.id} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name of stage ${i + 1}`}
              required
              error={wrong(i)}
              value={stage.name}
              onChange={(e) => change(stage.id, { name: e.currentTarget.value })}
              flex={1}
            />
            <Select
              aria-label={`Kind of stage ${i + 1}`}
              data={kinds}
              value={stage.kind}
              allowDeselect={false}
              onChange={(kind) => kind && change(stage.id, { kind: kind as Kind })}
              w={100}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove stage ${i + 1}`}
              disabled={stages.length < 2}
              onClick={() => setStages((list) => list.filter((s) => s.id !== stage.id))}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button variant="default" size="xs" onClick={add}>
            Add a stage
          </Button>
        </Group>
        {!atStages && <ProblemAlert problem={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={!keyOf(name)}>
            Make the pipeline
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
