import { Group, JsonInput, NumberInput, Stack, Text } from "@mantine/core";
import type { RehearseForm } from "./request";

type Props = {
  nodes: { id: string; name: string }[];
  stubs: RehearseForm["stubs"];
  errors: (name: string) => string | undefined;
  onChange: (stubs: RehearseForm["stubs"]) => void;
};

/** What calls are answered in a rehearsal; nobody is really called. */
export function StubRows({ nodes, stubs, errors, onChange }: Props) {
  return (
    <Stack gap="xs">
      {nodes.map(({ id, name }) => {
        const stub = stubs[id] ?? { status: 200, text: "" };
        const set = (change: Partial<typeof stub>) => onChange({ ...stubs, [id]: { ...stub, ...change } });
        return (
          <Stack key={id} gap={4}>
            <Group gap="xs" align="flex-end">
              <Text size="sm" style={{ flex: 1 }}>
                {name}
              </Text>
              <NumberInput
                aria-label={`Status that ${name} gets`}
                w={90}
                min={100}
                max={599}
                clampBehavior="none"
                value={stub.status}
                onChange={(status) => set({ status: Number(status) })}
                error={errors(`/stubs/${id}/status`)}
              />
            </Group>
            <JsonInput
              aria-label={`Body that ${name} gets`}
              placeholder='{"id": 1}'
              autosize
              minRows={1}
              maxRows={8}
              value={stub.text}
              onChange={(text) => set({ text })}
              error={errors(`stub.${id}`)}
            />
          </Stack>
        );
      })}
    </Stack>
  );
}
