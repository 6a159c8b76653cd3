import { type KeyboardEvent, useRef } from "react";
import classes from "./NoteText.module.css";

/** The longest note that the server takes, in characters. */
const longest = 5000;

type Props = {
  /** Of what it is a note. */
  of: string;
  text: string;
  editing: boolean;
  /** Asks for it to be edited; without it the note is read-only. */
  onEdit?: (() => void) | undefined;
  /** The new text; null when editing was given up. `byKey`: the focus was in it to the end. */
  onDone: (text: string | null, byKey: boolean) => void;
  tabIndex?: number;
  className?: string | undefined;
};

/** A note as a piece of yellow paper: it is edited where it is. */
export function NoteText({ of, text, editing, onEdit, onDone, tabIndex, className = "" }: Props) {
  const look = `${classes.note} ${className}`;
  if (editing) return <NoteField of={of} text={text} className={look} onDone={onDone} />;
  if (!onEdit) return <p className={look}>{text}</p>;
  return (
    <button
      type="button"
      className={look}
      tabIndex={tabIndex}
      aria-label={`Note of ${of}: ${text}`}
      title="Edit the note"
      onClick={onEdit}
    >
      {text}
    </button>
  );
}

function NoteField({ of, text, className, onDone }: Pick<Props, "of" | "text" | "className" | "onDone">) {
  const over = useRef(false);
  const done = (next: string | null, byKey: boolean) => {
    if (over.current) return;
    over.current = true;
    onDone(next, byKey);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Keys of what the note stands on are not meant here.
    event.stopPropagation();
    if (event.key === "Escape") done(null, true);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) done(event.currentTarget.value, true);
  };
  return (
    <textarea
      className={className}
      aria-label={`Note of ${of}`}
      placeholder="What should be known about this step?"
      rows={4}
      maxLength={longest}
      defaultValue={text}
      // biome-ignore lint/a11y/noAutofocus: it was asked for right now
      autoFocus
      onFocus={(event) => event.currentTarget.setSelectionRange(text.length, text.length)}
      onKeyDown={onKeyDown}
      onBlur={(event) => done(event.currentTarget.value, false)}
    />
  );
}
