import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { NoteText } from "@/shared";
import css from "./cards.module.css";
import { useCanvas } from "./context";
import type { NoteNode } from "./elements";

/** The room of a note hears nothing, so that what it does not fill is canvas. */
const heard = { pointerEvents: "all" } as const;

/** The note of a step, beside its card. No tab stop: a key on the card does the same. */
export const NoteCard = memo(function NoteCard({ data: { id, of, text, editing } }: NodeProps<NoteNode>) {
  const { writeNote, noted } = useCanvas();
  return (
    <div className={`${css.note} nodrag nopan nowheel`} data-editing={editing || undefined} style={heard}>
      <NoteText
        of={of}
        text={text}
        editing={editing}
        onEdit={writeNote && (() => writeNote(id))}
        onDone={(next, byKey) => noted?.(id, next, byKey)}
        tabIndex={-1}
        brief
      />
    </div>
  );
});
