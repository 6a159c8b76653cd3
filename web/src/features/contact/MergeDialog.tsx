import { Button, Group, List, Modal, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { idempotencyKey } from "@/api";
import { contactName } from "@/features/contact-chooser";
import { notifyProblem, ProblemAlert, shortValue } from "@/shared";
import { type Contact, findContactsQuery, mergeContact } from "./queries";

/** Joins another contact into this one. What it would change is shown first. */
export function MergeDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [from, setFrom] = useState<string | null>(null);
  const [key] = useState(idempotencyKey);
  const found = useQuery(findContactsQuery(asked));
  const client = useQueryClient();
  const preview = useQuery({
    queryKey: ["contacts", "merge", contact.id, from],
    queryFn: () => mergeContact(contact.id, from ?? "", true, idempotencyKey()),
    enabled: from !== null,
  });
  const merge = useMutation({
    mutationFn: () => mergeContact(contact.id, from ?? "", false, key),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["contacts"] });
    },
    onError: notifyProblem,
  });
  const others = (found.data?.items ?? []).filter((c) => c.id !== contact.id);
  const options = others.map((c) => ({ value: c.id, label: `${contactName(c)} · ${c.email ?? c.id}` }));
  return (
    <Modal
      opened
      onClose={onClose}
      title="Merge another contact into this one"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {contactName(contact)} stays and keeps its values. The other contact fills its blanks and goes; from then on
          its addresses lead here. This cannot be taken back.
        </Text>
        <Select
          label="The other contact"
          placeholder="Name or mail address"
          searchable
          data={options}
          filter={({ options: all }) => all}
          onSearchChange={setText}
          value={from}
          onChange={setFrom}
          nothingFoundMessage={asked.length > 1 ? "No other contact found" : "Type two letters"}
          data-autofocus
        />
        <ProblemAlert problem={preview.error} />
        {preview.data && <Outcome {...preview.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" disabled={!preview.data} loading={merge.isPending} onClick={() => merge.mutate()}>
            Merge
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type Change = { from?: unknown; to?: unknown };

function Outcome({ changed, exited, events }: { changed: Record<string, unknown>; exited: string[]; events: number }) {
  return (
    <List size="sm">
      {Object.entries(changed).map(([field, change]) => (
        <List.Item key={field}>
          {field}: {shortValue((change as Change).from)} → {shortValue((change as Change).to)}
        </List.Item>
      ))}
      {Object.keys(changed).length === 0 && <List.Item>No value changes.</List.Item>}
      <List.Item>
        {exited.length} of its enrollments would end, {events} accepted events would go on here.
      </List.Item>
    </List>
  );
}
