import { ActionIcon, Group, Switch, Tooltip } from "@mantine/core";
import { Copy, CopyPlus, MoveVertical, Scissors, StickyNote, Trash2 } from "lucide-react";
import type { NodeDef } from "@/graph";
import { useRemoval } from "../editor/useRemoval";
import { useBuilder } from "../page/context";

/** What can be done to a step as a whole. */
export function StepActions({ id, node }: { id: string; node: NodeDef }) {
  const { actions, ask, readOnly, note } = useBuilder();
  const remove = useRemoval();
  if (readOnly !== null) return null;
  const list = [
    [node.note ? "Edit the note" : "Add a note", StickyNote, () => note(id)],
    ["Duplicate", CopyPlus, () => actions.duplicate(id)],
    ["Copy", Copy, () => void actions.copy(id)],
    ["Cut", Scissors, () => void actions.cut(id)],
    ["Move …", MoveVertical, () => ask({ kind: "move", id })],
    ["Delete", Trash2, () => remove(id)],
  ] as const;
  return (
    <Group justify="space-between" gap="xs">
      <Switch
        label="Enabled"
        checked={node.disabled !== true}
        onChange={(event) => actions.setDisabled(id, !event.currentTarget.checked)}
      />
      <Group gap={2}>
        {list.map(([words, Icon, onClick]) => (
          <Tooltip key={words} label={words}>
            <ActionIcon
              variant="subtle"
              color={words === "Delete" ? "red" : "gray"}
              size="lg"
              aria-label={words}
              onClick={onClick}
            >
              <Icon size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </Group>
    </Group>
  );
}
