import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/api";
import { GuardedButton, ProblemAlert } from "@/shared";
import { type Alarm, acknowledge, keys } from "./queries";
import { kindTitles } from "./words";

/** Says that somebody knows of an alarm, with a note for the others. */
export function Acknowledge({ alarm }: { alarm: Alarm }) {
  const { lacks } = useSession();
  const [opened, { open, close }] = useDisclosure();
  const [note, setNote] = useState("");
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => acknowledge(alarm.id, note.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.all });
      close();
    },
  });
  return (
    <>
      <GuardedButton size="sm" variant="default" reason={lacks("editor")} onClick={open}>
        Acknowledge …
      </GuardedButton>
      <Modal
        opened={opened}
        onClose={close}
        title={`${kindTitles[alarm.kind]}: ${alarm.workflow ?? "the whole account"}`}
      >
        <Stack>
          <Text size="sm">Nobody is reminded any more. The alarm stays open until the trouble is gone.</Text>
          <Textarea
            label="Note"
            description="For the others: what is being done about it"
            autosize
            minRows={2}
            maxLength={1000}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
            data-autofocus
          />
          <ProblemAlert problem={action.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button loading={action.isPending} onClick={() => action.mutate()}>
              Acknowledge
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
