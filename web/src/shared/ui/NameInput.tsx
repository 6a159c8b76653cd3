import { type KeyboardEvent, useRef, useState } from "react";

type Props = {
  /** The own name so far, empty for none, and what it is called without one. */
  name: string;
  otherwise: string;
  className?: string;
  /** The name is written; null leaves it as it was. `byKey`: the focus was in it to the end. */
  onDone: (name: string | null, byKey: boolean) => void;
};

/** The name of something, written where it stands: Enter or leaving keeps it, Escape leaves it as it was. */
export function NameInput({ name, otherwise, className, onDone }: Props) {
  const [text, setText] = useState(name);
  const done = useRef(false);
  const finish = (result: string | null, byKey: boolean) => {
    if (done.current) return;
    done.current = true;
    onDone(result, byKey);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    finish(event.key === "Enter" ? text : null, true);
  };
  return (
    <input
      ref={focusAll}
      className={className}
      aria-label={`Name of ${otherwise}`}
      placeholder={otherwise}
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={() => finish(text, false)}
    />
  );
}

function focusAll(field: HTMLInputElement | null) {
  field?.focus({ preventScroll: true });
  field?.select();
}
