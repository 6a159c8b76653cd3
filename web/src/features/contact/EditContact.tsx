import { ActionIcon, Autocomplete, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiProblem } from "@/api";
import { ProblemAlert, zones } from "@/shared";
import { attributes, type Form, formOf, patchOf } from "./changes";
import { type Contact, fieldTypesQuery, keys, patchContact } from "./queries";

/** Changes attributes and fields of a contact. Only what differs is sent. */
export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const [form, setForm] = useState<Form>(() => formOf(contact));
  const { data: types } = useQuery(fieldTypesQuery);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => patchContact(contact.id, patchOf(contact, form, types)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.one(contact.id) });
      onClose();
    },
  });
  const wrong = (at: string) => (save.error instanceof ApiProblem ? save.error.at(at)[0]?.message : undefined);
  const setField = (i: number, change: Partial<Form["fields"][number]>) =>
    setForm({ ...form, fields: form.fields.map((f, n) => (n === i ? { ...f, ...change } : f)) });
  return (
    <Modal opened onClose={onClose} title="Edit contact" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          {attributes.map(([name, label]) => {
            const props = { label, value: form.attributes[name], error: wrong(`/${name}`) };
            const set = (value: string) => setForm({ ...form, attributes: { ...form.attributes, [name]: value } });
            return name === "timezone" ? (
              <Autocomplete key={name} {...props} data={zones()} limit={30} onChange={set} />
            ) : (
              <TextInput key={name} {...props} onChange={(e) => set(e.currentTarget.value)} />
            );
          })}
          {form.fields.map((field, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the key of a field is what is being edited
            <Group key={i} gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                label="Field"
                value={field.key}
                onChange={(e) => setField(i, { key: e.currentTarget.value })}
              />
              <TextInput
                label={`Value of ${field.key || "the new field"}`}
                value={field.text}
                error={wrong(`/fields/${field.key}`)}
                onChange={(e) => setField(i, { text: e.currentTarget.value })}
                style={{ flex: 1 }}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Take away ${field.key || "the new field"}`}
                onClick={() => setForm({ ...form, fields: form.fields.filter((_, n) => n !== i) })}
              >
                <Trash2 size={16} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="subtle"
            leftSection={<Plus size={16} aria-hidden />}
            onClick={() => setForm({ ...form, fields: [...form.fields, { key: "", text: "" }] })}
            style={{ alignSelf: "flex-start" }}
          >
            Add a field
          </Button>
          <ProblemAlert problem={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
