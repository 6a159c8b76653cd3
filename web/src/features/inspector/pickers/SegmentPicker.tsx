import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Filter } from "lucide-react";
import { useState } from "react";
import { api, call, idempotencyKey, useSession } from "@/api";
import { keyOf, ProblemAlert } from "@/shared";
import { ConditionEditor } from "../conditions/ConditionEditor";
import { objectOf } from "../model/pointer";

/** Makes a segment: a name, and the condition that its contacts meet. */
export function NewSegmentButton({ onMade }: { onMade: (key: string) => void }) {
  const { may } = useSession();
  const [opened, setOpened] = useState(false);
  if (!may("editor")) return null;
  return (
    <>
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<Filter size={12} aria-hidden />}
        onClick={() => setOpened(true)}
        style={{ alignSelf: "flex-start" }}
      >
        New segment
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New segment" size="lg">
        <NewSegment
          onMade={(key) => {
            setOpened(false);
            onMade(key);
          }}
        />
      </Modal>
    </>
  );
}

function NewSegment({ onMade }: { onMade: (key: string) => void }) {
  const [name, setName] = useState("");
  const [filter, setFilter] = useState<unknown>(undefined);
  const client = useQueryClient();
  const key = keyOf(name);
  const making = useMutation({
    mutationFn: () => {
      const body = { key, name: name.trim(), filter: objectOf(filter) };
      return call(api.POST("/v1/segments", { params: { header: { "Idempotency-Key": idempotencyKey() } }, body }));
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["pickers", "segments"] });
      void client.invalidateQueries({ queryKey: ["segments"] });
      onMade(made.key);
    },
  });
  return (
    <Stack>
      <TextInput
        label="Name"
        description={key ? `Its key is ${key}.` : undefined}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        data-autofocus
      />
      <ConditionEditor label="Who is in it" value={filter} onChange={setFilter} filter />
      <ProblemAlert problem={making.error} />
      <Group justify="flex-end">
        <Button onClick={() => making.mutate()} loading={making.isPending} disabled={!key || filter === undefined}>
          Create
        </Button>
      </Group>
    </Stack>
  );
}
