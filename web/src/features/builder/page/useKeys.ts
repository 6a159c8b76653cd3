import { type KeyboardEvent, useEffect, useRef } from "react";
import { type Clip, nodesOf, readClip } from "@/graph";
import type { BuilderScope } from "./context";
import { slotAfter } from "./places";

const typing = "input, textarea, select, [contenteditable=true], [role=combobox], [role=separator]";

// Where undo is the browser's own: a switch, a choice or a radio button has none.
const writing =
  "textarea:not([readonly]), input:not([readonly], [type=checkbox], [type=radio], [type=range]), [contenteditable=true]";

/** Whether keys belong to a text field and not to the builder. */
export const isTyping = (target: EventTarget | null) => target instanceof Element && target.closest(typing) !== null;

/** Whether undo and redo belong to a text field, which takes back its own typing. */
export const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(writing) !== null;

/** The step that the keys are about: the one with the focus, else the one that is open. */
function stepOf(scope: BuilderScope, target: EventTarget | null): string | null {
  const card = target instanceof Element ? target.closest<HTMLElement>("[data-step], [data-node]") : null;
  const focused = card?.dataset.step ?? card?.dataset.node?.replace(/^step:/, "");
  const nodes = nodesOf(scope.store.getState().definition);
  if (focused !== undefined && Object.hasOwn(nodes, focused)) return focused;
  const { selection } = scope.store.getState();
  return selection?.kind === "step" ? selection.id : null;
}

/** The keys of the builder; see KeysDialog for the list. Browser keys and Tab are left alone. */
export function useKeys(scope: BuilderScope, busy: boolean) {
  const latest = useRef({ scope, busy });
  latest.current = { scope, busy };
  useEffect(() => {
    const off = new AbortController();
    const hear = (type: "copy" | "cut" | "paste") =>
      document.addEventListener(type, (event) => onClipboard(latest.current, event), { signal: off.signal });
    hear("copy");
    hear("cut");
    hear("paste");
    const onKey = (event: globalThis.KeyboardEvent) => event.target === document.body && press(latest.current, event);
    document.addEventListener("keydown", onKey, { signal: off.signal });
    return () => off.abort();
  }, []);
  return (event: KeyboardEvent) => press(latest.current, event.nativeEvent);
}

type Now = { scope: BuilderScope; busy: boolean };

function press({ scope, busy }: Now, event: globalThis.KeyboardEvent) {
  const withMod = event.ctrlKey || event.metaKey;
  if (busy || event.defaultPrevented || event.isComposing || event.altKey) return;
  if (withMod ? isWriting(event.target) : isTyping(event.target)) return;
  const act = withMod ? withCtrl(scope, event) : alone(scope, event);
  if (!act) return;
  event.preventDefault();
  act();
}

function withCtrl({ store, readOnly }: BuilderScope, event: globalThis.KeyboardEvent) {
  if (readOnly !== null) return undefined;
  const key = event.key.toLowerCase();
  const { undo, redo } = store.getState();
  if (key === "z") return event.shiftKey ? redo : undo;
  return key === "y" && !event.shiftKey ? redo : undefined;
}

function alone(scope: BuilderScope, event: globalThis.KeyboardEvent): (() => void) | undefined {
  const { actions, ask, readOnly, specs, store, open } = scope;
  if (event.key === "?") return () => ask({ kind: "keys" });
  if (event.key === "/") return () => ask({ kind: "find" });
  if (event.key === "Escape" && store.getState().selection) return () => open(null);
  if (readOnly !== null) return undefined;
  const id = stepOf(scope, event.target);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.shiftKey) return key === "a" && id !== null ? () => ask({ kind: "way", id, to: "pick" }) : undefined;
  if (key === "a") {
    const after = id === null ? null : slotAfter(store.getState().definition, specs, id);
    return () => ask({ kind: "pick", slot: after ?? null });
  }
  if (id === null) return undefined;
  const keys: Record<string, () => void> = {
    m: () => ask({ kind: "move", id }),
    l: () => ask({ kind: "way", id, to: "connect" }),
    d: () => actions.duplicate(id),
    n: () => scope.note(id),
    F2: () => scope.rename(id),
    Delete: () => (actions.ways(id).length > 1 ? ask({ kind: "remove", id }) : actions.remove(id)),
    Backspace: () => (actions.ways(id).length > 1 ? ask({ kind: "remove", id }) : actions.remove(id)),
  };
  return keys[key];
}

function onClipboard({ scope, busy }: Now, event: ClipboardEvent) {
  if (busy || isTyping(event.target) || scope.readOnly !== null || getSelection()?.toString()) return;
  const id = stepOf(scope, document.activeElement);
  if (event.type === "paste") {
    const clip: Clip | undefined = readClip(event.clipboardData?.getData("text/plain") ?? "");
    if (!clip) return;
    event.preventDefault();
    scope.actions.paste(scope.actions.pastePlace(id), clip);
    return;
  }
  if (id === null) return;
  event.preventDefault();
  void (event.type === "copy" ? scope.actions.copy(id) : scope.actions.cut(id));
}
