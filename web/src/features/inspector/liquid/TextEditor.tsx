import { Skeleton, Text, Textarea } from "@mantine/core";
import { useEffect, useImperativeHandle, useState, useSyncExternalStore } from "react";
import type { Part } from "@/shared";
import { editor } from "./editor";
import type { EditorProps, HandleProps } from "./editorProps";

/** How long a page waits before it asks again for an editor that did not come, in milliseconds. */
const again = 2_000;

type Props = EditorProps & HandleProps & { store?: Part<EditorProps & HandleProps> };

/**
 * The editor once it is there. When it cannot be fetched, a plain field stands in its place, and the editor
 * is asked for until it comes; it never takes the place of a field that somebody is in.
 */
export function TextEditor({ store = editor, ...props }: Props) {
  const { part: Editor, problem } = useSyncExternalStore(store.subscribe, store.snapshot);
  const [inHand, take] = useState(false);
  const there = Editor !== null;
  useEffect(() => {
    if (there) return;
    const fetch = () => void store.fetch();
    fetch();
    const timer = setInterval(fetch, again);
    addEventListener("online", fetch);
    return () => {
      clearInterval(timer);
      removeEventListener("online", fetch);
    };
  }, [store, there]);
  if (Editor && !inHand) return <Editor {...props} />;
  if (!problem && !inHand) {
    return <Skeleton height={props.lines * 22 + 14} role="status" aria-label={`${props.label} is loading`} />;
  }
  return <Plain {...props} onHand={take} />;
}

function Plain({
  handle,
  value,
  lines,
  label,
  onChange,
  onHand,
  ...props
}: Omit<Props, "store"> & { onHand: (on: boolean) => void }) {
  useImperativeHandle(handle, () => ({ insert: (text) => onChange(value + text) }), [value, onChange]);
  return (
    <>
      <Textarea
        id={props.id}
        aria-label={label}
        aria-describedby={props.describedBy}
        aria-required={props.required}
        placeholder={props.placeholder}
        value={value}
        error={props.invalid}
        disabled={props.readOnly}
        autosize
        minRows={lines}
        maxRows={Math.max(lines, 12)}
        onChange={(event) => onChange(event.currentTarget.value)}
        onFocus={() => onHand(true)}
        onBlur={() => onHand(false)}
      />
      <Text size="xs" c="dimmed" role="status">
        The server does not answer, so the editor of merge fields is not here yet. It is asked for again; you can type
        meanwhile.
      </Text>
    </>
  );
}
