import { Menu } from "@mantine/core";
import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  Link2,
  MoveVertical,
  Pencil,
  Plus,
  Power,
  Scissors,
  Split,
  StickyNote,
  Trash2,
} from "lucide-react";
import { nodesOf } from "@/graph";
import { useBuilder, useDefinition } from "../page/context";
import { slotAfter, waysOf } from "../page/places";
import { useRemoval } from "./useRemoval";

/** What can be done with one step, as entries of a menu. */
export function StepMenuItems({ id }: { id: string }) {
  const { actions, ask, specs, note, rename } = useBuilder();
  const definition = useDefinition();
  const remove = useRemoval();
  const node = nodesOf(definition)[id];
  const after = slotAfter(definition, specs, id);
  const ways = waysOf(definition, specs, id).length;
  if (!node) return null;
  return (
    <>
      {after && (
        <>
          <Menu.Item
            leftSection={<Plus size={16} aria-hidden />}
            rightSection="A"
            onClick={() => ask({ kind: "pick", slot: after })}
          >
            Add a step after
          </Menu.Item>
          <Menu.Item
            leftSection={<ClipboardPaste size={16} aria-hidden />}
            onClick={() => void actions.pasteFromClipboard(after)}
          >
            Paste after
          </Menu.Item>
          {ways > 1 && (
            <Menu.Item
              leftSection={<Split size={16} aria-hidden />}
              rightSection="⇧ A"
              onClick={() => ask({ kind: "way", id, to: "pick" })}
            >
              Add in another way …
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<Link2 size={16} aria-hidden />}
            rightSection="L"
            onClick={() => ask({ kind: "way", id, to: "connect" })}
          >
            Lead to another step …
          </Menu.Item>
          <Menu.Divider />
        </>
      )}
      <Menu.Item leftSection={<CopyPlus size={16} aria-hidden />} onClick={() => actions.duplicate(id)}>
        Duplicate
      </Menu.Item>
      <Menu.Item leftSection={<Copy size={16} aria-hidden />} onClick={() => void actions.copy(id)}>
        Copy
      </Menu.Item>
      <Menu.Item leftSection={<Scissors size={16} aria-hidden />} onClick={() => void actions.cut(id)}>
        Cut
      </Menu.Item>
      <Menu.Item
        leftSection={<MoveVertical size={16} aria-hidden />}
        rightSection="M"
        onClick={() => ask({ kind: "move", id })}
      >
        Move …
      </Menu.Item>
      <Menu.Item leftSection={<Pencil size={16} aria-hidden />} rightSection="F2" onClick={() => rename(id)}>
        Rename
      </Menu.Item>
      <Menu.Item leftSection={<StickyNote size={16} aria-hidden />} rightSection="N" onClick={() => note(id)}>
        {node.note ? "Edit the note" : "Add a note"}
      </Menu.Item>
      <Menu.Item leftSection={<Power size={16} aria-hidden />} onClick={() => actions.setDisabled(id, !node.disabled)}>
        {node.disabled ? "Enable" : "Disable"}
      </Menu.Item>
      <Menu.Item c="red" leftSection={<Trash2 size={16} aria-hidden />} rightSection="Del" onClick={() => remove(id)}>
        Delete
      </Menu.Item>
    </>
  );
}
