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
  /** Shows the first lines only; all of it on hover and when it is edited. */
  brief?: boolean;
};

/** A note as a piece of yellow paper: it is edited where it is. */
export function NoteText({ of, text, editing, onEdit, onDone, tabIndex, brief = false }: Props) {
  if (editing) return <NoteField of={of} text={text} onDone={onDone} />;
  const words = <span className={brief ? classes.brief : undefined}>{text}</span>;
  if (!onEdit) {
    return (
      <p className={classes.note} title={brief ? text : undefined}>
        {words}
      </p>
    );
  }
  return (
    <button
      type="button"
      className={classes.note}
      tabIndex={tabIndex}
      aria-label={`Note of ${of}: ${text}`}
      title={brief ? text : "Edit the note"}
      onClick={onEdit}
    >
      {words}
    </button>
  );
}

function NoteField({ of, text, onDone }: Pick<Props, "of" | "text" | "onDone">) {
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
      className={classes.note}
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
