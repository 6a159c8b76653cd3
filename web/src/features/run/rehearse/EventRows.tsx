import { ActionIcon, Autocomplete, Button, Group, JsonInput, Stack, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { RehearseForm } from "./request";

type Props = {
  events: RehearseForm["events"];
  /** Types that the workflow listens to. */
  types: string[];
  errors: (name: string) => string | undefined;
  onChange: (events: RehearseForm["events"]) => void;
};

/** Events that come in while the rehearsal runs, each at a time after its start. */
export function EventRows({ events, types, errors, onChange }: Props) {
  const set = (i: number, change: Partial<RehearseForm["events"][number]>) =>
    onChange(events.map((e, n) => (n === i ? { ...e, ...change } : e)));
  return (
    <Stack gap="xs">
      {events.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have an order and no identity
        <Stack key={i} gap={4}>
          <Group gap="xs" wrap="nowrap" align="flex-end">
            <TextInput
              label="After"
              placeholder="3d"
              w={80}
              value={event.at}
              onChange={(e) => set(i, { at: e.currentTarget.value })}
              error={errors(`/events/${i}/at`)}
            />
            <Autocomplete
              label="Event"
              data={types}
              value={event.type}
              onChange={(type) => set(i, { type })}
              error={errors(`/events/${i}/type`)}
              style={{ flex: 1 }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Take away the event ${event.type || i + 1}`}
              onClick={() => onChange(events.filter((_, n) => n !== i))}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <JsonInput
            aria-label={`Data of the event ${event.type || i + 1}`}
            placeholder="{}"
            autosize
            minRows={1}
            maxRows={8}
            value={event.text}
            onChange={(text) => set(i, { text })}
            error={errors(`event.${i}`)}
          />
        </Stack>
      ))}
      <Button
        size="xs"
        variant="default"
        leftSection={<Plus size={14} aria-hidden />}
        onClick={() => onChange([...events, { at: "1d", type: types[0] ?? "", text: "" }])}
        style={{ alignSelf: "flex-start" }}
      >
        Add an event
      </Button>
    </Stack>
  );
}
