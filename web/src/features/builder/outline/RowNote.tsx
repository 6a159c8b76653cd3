import type { NodeDef } from "@/graph";
import { NoteText } from "@/shared";
import { stepName } from "../diff/words";
import { useBuilder } from "../page/context";
import classes from "./Outline.module.css";

/** The note of a step, below its line. */
export function RowNote({ id, node }: { id: string; node: NodeDef }) {
  const { specs, search, noting, note, noted, readOnly } = useBuilder();
  const editing = noting === id;
  if (!editing && (!node.note || search.notes === "off")) return null;
  return (
    <div className={classes.note}>
      <NoteText
        of={stepName(id, node, specs)}
        text={node.note ?? ""}
        editing={editing}
        onEdit={readOnly === null ? () => note(id) : undefined}
        onDone={(text, byKey) => noted(id, text, byKey)}
      />
    </div>
  );
}
