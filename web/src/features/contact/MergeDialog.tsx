import { Button, Group, List, Modal, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { idempotencyKey } from "@/api";
import { contactName } from "@/features/contact-chooser";
import { NothingFound, notifyProblem, ProblemAlert, shortValue } from "@/shared";
import { fieldLabel } from "./changes";
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
    // Not among the contacts: what a merge would do is not asked again when it is done.
    queryKey: ["merge", contact.id, from],
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
          nothingFoundMessage={
            <NothingFound>{asked.length > 1 ? "No other contact found" : "Type two letters"}</NothingFound>
          }
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
type Result = { changed: Record<string, unknown>; exited: string[]; events: number };

/** What a merge would do, in sentences. */
function Outcome({ changed, exited, events }: Result) {
  const fields = Object.entries(changed) as [string, Change][];
  return (
    <List size="sm" aria-label="What would change">
      {fields.map(([field, { from, to }]) => (
        <List.Item key={field}>
          {fieldLabel(field)}: {shortValue(from)} → {shortValue(to)}
        </List.Item>
      ))}
      {fields.length === 0 && <List.Item>No value changes.</List.Item>}
      <List.Item>{endingWords(exited.length)}</List.Item>
      {events > 0 && <List.Item>{waitingWords(events)}</List.Item>}
    </List>
  );
}

function endingWords(n: number): string {
  if (n === 0) return "The other contact is in no workflow, so nothing ends.";
  return n === 1 ? "One enrollment of the other contact ends." : `${n} enrollments of the other contact end.`;
}

function waitingWords(n: number): string {
  return n === 1
    ? "One event of the other contact is still to be looked at, and counts for this one."
    : `${n} events of the other contact are still to be looked at, and count for this one.`;
}
