import { Button, Group, Modal, MultiSelect, SegmentedControl, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ProblemAlert } from "@/shared";
import { type Channel, changeChannel, keys, makeChannel, workflowOptionsQuery } from "../queries";
import { AddressFields } from "./AddressFields";
import { blank, bodyOf, type ChannelForm, type ChannelKind, formOf, kindWords, typeWords } from "./channelForm";
import { beside, fieldErrors } from "./fieldErrors";

type Props = {
  /** The channel that is changed; null makes one. */
  channel: Channel | null;
  onClose: () => void;
};

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** Makes a channel, or changes one. */
export function ChannelDialog({ channel, onClose }: Props) {
  const [form, setForm] = useState<ChannelForm>(channel ? formOf(channel) : blank);
  const set = (change: Partial<ChannelForm>) => setForm((now) => ({ ...now, ...change }));
  const client = useQueryClient();
  const { data: workflows } = useQuery(workflowOptionsQuery);
  const save = useMutation({
    mutationFn: () => {
      const body = bodyOf(form, channel);
      return channel ? changeChannel(channel.id, body) : makeChannel({ ...body, type: form.type, enabled: true });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.channels });
      onClose();
    },
  });
  const at = fieldErrors(save.error);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={channel ? `Channel ${channel.name}` : "New channel"} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          {channel === null && (
            <SegmentedControl
              aria-label="Tells by"
              data={options(typeWords)}
              value={form.type}
              onChange={(type) => set({ type: type as Channel["type"] })}
            />
          )}
          <TextInput
            label="Name"
            placeholder="Operations"
            value={form.name}
            error={at("/name")}
            onChange={(e) => set({ name: e.currentTarget.value })}
            data-autofocus
          />
          {form.type === "mail" ? (
            <TagsInput
              label="To"
              description="Addresses; press Enter after each"
              placeholder={form.to.length === 0 ? "ops@studio.example" : ""}
              value={form.to}
              error={at("/to")}
              acceptValueOnBlur
              onChange={(to) => set({ to })}
            />
          ) : (
            <AddressFields form={form} before={channel} onChange={set} errors={at} />
          )}
          <MultiSelect
            label="What it is told"
            placeholder={form.kinds.length === 0 ? "Everything" : ""}
            data={options(kindWords)}
            value={form.kinds}
            error={at("/kinds")}
            onChange={(kinds) => set({ kinds: kinds as ChannelKind[] })}
          />
          <MultiSelect
            label="Of which workflows"
            description="None chosen: of all, and of the account as a whole"
            placeholder={form.workflows.length === 0 ? "All" : ""}
            data={workflows ?? form.workflows}
            searchable
            value={form.workflows}
            error={at("/workflows")}
            onChange={(chosen) => set({ workflows: chosen })}
          />
          <ProblemAlert problem={beside(save.error, ["/name", "/to", "/url", "/sign", "/kinds", "/workflows"])} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={form.name.trim() === ""}>
              {channel ? "Save" : "Add it"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
