import { ActionIcon, Anchor, Badge, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { Link2, Plus, Unlink } from "lucide-react";
import { useId } from "react";
import { nodesOf, type Slot, targetOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { waysOf } from "../page/places";
import classes from "./SidePanel.module.css";

/** Every way out of a step, that of errors among them: where it leads, and what can be done with it. */
export function WaysOut({ id }: { id: string }) {
  const { specs } = useBuilder();
  const definition = useDefinition();
  const heading = useId();
  const ways = waysOf(definition, specs, id);
  if (ways.length === 0) return null;
  return (
    <section aria-labelledby={heading}>
      <Title order={3} size="h6" id={heading} mb={6}>
        Ways out
      </Title>
      <Stack component="ul" gap={4} className={classes.ways}>
        {ways.map((slot) => (
          <li key={slot.port}>
            <Way slot={slot} to={targetOf(definition, specs, slot)} />
          </li>
        ))}
      </Stack>
    </section>
  );
}

function Way({ slot, to }: { slot: Slot; to: string | undefined }) {
  const { specs, open, ask, actions, readOnly } = useBuilder();
  const nodes = nodesOf(useDefinition());
  const list = [
    [`Add a step in “${slot.port}”`, Plus, () => ask({ kind: "pick", slot })],
    [`Lead “${slot.port}” to another step`, Link2, () => ask({ kind: "connect", slot })],
    ...(to === undefined ? [] : [[`Cut “${slot.port}” off`, Unlink, () => actions.disconnect(slot)] as const]),
  ] as const;
  return (
    <Group gap="xs" wrap="nowrap" justify="space-between">
      <Group gap="xs" wrap="nowrap" miw={0}>
        <Badge variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
          {slot.port}
        </Badge>
        {to === undefined ? (
          <Text size="sm" c="dimmed" truncate>
            {slot.port === "error" ? "as set under “When it fails”" : "ends here"}
          </Text>
        ) : (
          <Anchor component="button" type="button" size="sm" truncate onClick={() => open({ kind: "step", id: to })}>
            {stepName(to, nodes[to], specs)}
          </Anchor>
        )}
      </Group>
      {readOnly === null && (
        <Group gap={0} wrap="nowrap">
          {list.map(([words, Icon, onClick]) => (
            <Tooltip key={words} label={words}>
              <ActionIcon variant="subtle" color="gray" size="md" aria-label={words} onClick={onClick}>
                <Icon size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      )}
    </Group>
  );
}
