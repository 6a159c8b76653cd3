import { Autocomplete, Button, Group, JsonInput, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ApiProblem, idempotencyKey } from "@/api";
import { useChosenContact } from "@/features/contact-chooser";
import { ProblemAlert } from "@/shared";
import { eventTypesQuery, postEvent } from "./queries";
import { SentEvent } from "./SentEvent";
import { readData, sampleData } from "./sample";

type Props = { onClose: () => void; type?: string | undefined; email?: string | undefined };

/** The form of one event. After sending it shows the verdicts as they come. */
export function SendEventDialog({ onClose, type: wanted = "purchase.completed", email }: Props) {
  const { contact } = useChosenContact();
  const { data: types } = useQuery({ ...eventTypesQuery, retry: false });
  const [type, setType] = useState(wanted);
  const [typed, setTyped] = useState<string | null>(email ?? null);
  const [written, setWritten] = useState<string | null>(null);
  // The same key while the form is the same: sent twice by a shaky line, it counts once.
  const [key, setKey] = useState(idempotencyKey);
  const known = types?.items.find((t) => t.type === type);
  const sample = useMemo(() => JSON.stringify(sampleData(known?.data ?? []), null, 2), [known]);
  const text = written ?? sample;
  const address = typed ?? contact?.email ?? "";
  const read = readData(text);
  const send = useMutation({
    mutationFn: (data: Record<string, unknown>) => postEvent({ type, contact: { email: address.trim() }, data }, key),
  });
  const at = (pointer: string) => (send.error instanceof ApiProblem ? send.error.at(pointer)[0]?.message : undefined);
  const sent = send.data?.events[0];
  const again = () => {
    send.reset();
    setKey(idempotencyKey());
  };
  return (
    <Modal opened onClose={onClose} title="Send a test event" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {sent ? (
        <SentEvent id={sent.id} onAgain={again} onClose={onClose} />
      ) : (
        <Stack gap="sm">
          <Autocomplete
            label="Type"
            description="It is accepted like any other event: workflows that name it act."
            data={(types?.items ?? []).filter((t) => !t.platform).map((t) => t.type)}
            value={type}
            onChange={(value) => {
              setType(value);
              setWritten(null);
            }}
            error={at("/type")}
            data-autofocus
          />
          <TextInput
            label="Contact"
            description="Mail address. A new address becomes a new contact."
            placeholder="you@example.com"
            type="email"
            value={address}
            onChange={(e) => setTyped(e.currentTarget.value)}
            error={at("/contact")}
          />
          <JsonInput
            label="Data"
            autosize
            minRows={4}
            maxRows={14}
            value={text}
            onChange={setWritten}
            error={"error" in read ? read.error : at("/data")}
          />
          <ProblemAlert problem={send.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              loading={send.isPending}
              disabled={"error" in read || !address.trim() || !type.trim()}
              onClick={() => "data" in read && send.mutate(read.data)}
            >
              Send
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
