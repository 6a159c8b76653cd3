import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api";
import { ProblemAlert } from "@/shared";
import { type Channel, channelWords } from "./Consent";
import { type Contact, keys, putConsent } from "./queries";

type State = Schemas["ConsentInput"]["state"];

const states: { value: State; label: string }[] = [
  { value: "subscribed", label: "Subscribed" },
  { value: "unsubscribed", label: "Unsubscribed" },
  { value: "none", label: "Never asked" },
];

/** Records consent, which needs a source: where the contact said so. It is audited. */
export function ConsentDialog({
  contact,
  channel,
  onClose,
}: {
  contact: Contact;
  channel: Channel;
  onClose: () => void;
}) {
  const [state, setState] = useState<State>(contact.consent[channel]?.state ?? "none");
  const [source, setSource] = useState("");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => putConsent(contact.id, { [channel]: { state, source: source.trim() } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.one(contact.id) });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Consent to ${channelWords[channel]}`}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label="State"
          data={states}
          value={state}
          onChange={(value) => setState(states.find((s) => s.value === value)?.value ?? "none")}
        />
        <TextInput
          label="Source"
          description="Where the contact said so. It is kept with the consent."
          placeholder="by phone, 2 March"
          required
          maxLength={200}
          value={source}
          onChange={(e) => setSource(e.currentTarget.value)}
        />
        <ProblemAlert problem={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={save.isPending} disabled={!source.trim()} onClick={() => save.mutate()}>
            Record
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
