import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { nodesOf, onlyBehind, targetOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";

/** Asks which way stays when a step that leads several ways is deleted. */
export function RemoveDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { actions, specs } = useBuilder();
  const definition = useDefinition();
  const ways = actions.ways(id);
  const [keep, setKeep] = useState(ways[0] ?? "all");
  const nameOf = (step: string) => stepName(step, nodesOf(definition)[step], specs);
  const loses = (kept: string) => {
    const others = ways.filter((port) => port !== kept);
    const gone = new Set(others.flatMap((port) => onlyBehind(definition, specs, { from: id, port })));
    return gone.size === 0 ? "No other step is deleted." : `Also deletes ${[...gone].map(nameOf).join(", ")}.`;
  };
  const to = (port: string) => targetOf(definition, specs, { from: id, port });
  return (
    <Modal opened onClose={onClose} title={`Delete ${nameOf(id)}`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="md">
        <Radio.Group label="Which way stays?" value={keep} onChange={setKeep}>
          <Stack gap="sm" mt="xs">
            {ways.map((port) => (
              <Radio
                key={port}
                value={port}
                label={`“${port}”, on to ${nameOf(to(port) ?? "")}`}
                description={loses(port)}
              />
            ))}
            <Radio
              value="all"
              label="None of them"
              description="The steps of all branches go, up to where they meet again."
            />
          </Stack>
        </Radio.Group>
        <Text size="sm" c="dimmed">
          You can take it back with Undo.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            data-autofocus
            onClick={() => {
              onClose();
              actions.remove(id, keep);
            }}
          >
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
