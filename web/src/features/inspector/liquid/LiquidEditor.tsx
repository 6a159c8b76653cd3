import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { liquid } from "@codemirror/lang-liquid";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderOf } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { styleNonce } from "@/shared";
import type { EditorHandle, EditorProps } from "./editorProps";
import { markGaps, showGaps } from "./gaps";
import { colours, look } from "./look";

/** Marks a change that came from outside, which is not reported back. */
const fromOutside = Annotation.define<boolean>();

/** Keeps a single line single: what is pasted over several lines becomes one. */
const oneLine = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.newDoc.lines === 1) return tr;
  const flat = tr.newDoc.toString().replace(/\s*\n\s*/g, " ");
  return [{ changes: { from: 0, to: tr.startState.doc.length, insert: flat }, selection: { anchor: flat.length } }];
});

function attributes({ id, label, describedBy, invalid, required, lines }: EditorProps): Record<string, string> {
  const all: Record<string, string> = { role: "textbox", "aria-label": label, "aria-multiline": String(lines > 1) };
  if (id) all.id = id;
  if (describedBy) all["aria-describedby"] = describedBy;
  if (invalid) all["aria-invalid"] = "true";
  if (required) all["aria-required"] = "true";
  return all;
}

function extensions(props: EditorProps, onText: (text: string) => void): Extension[] {
  const { lines, language, placeholder } = props;
  return [
    EditorView.cspNonce.of(styleNonce()),
    history(),
    // Tab is bound to nothing, so that it leaves the field as in any other.
    keymap.of([...historyKeymap, ...defaultKeymap.filter((k) => k.key !== "Enter" || lines > 1)]),
    language === "html" ? liquid({ base: html() }) : liquid(),
    colours,
    look(lines),
    EditorView.lineWrapping,
    ...(lines > 1 ? [] : [oneLine]),
    ...(placeholder ? [placeholderOf(placeholder)] : []),
    showGaps,
    EditorView.updateListener.of((u) => {
      const outside = u.transactions.some((tr) => tr.annotation(fromOutside));
      if (u.docChanged && !outside) onText(u.state.doc.toString());
    }),
  ];
}

/** A text with Liquid in it, coloured, with the fields underlined that have no value. */
export default function LiquidEditor({ handle, ...props }: EditorProps & { handle?: Ref<EditorHandle> }) {
  const { value, gaps, readOnly } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: these alone need another editor; the rest is read when it is needed
  useEffect(() => {
    const first = latest.current;
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.value,
        extensions: [
          ...extensions(first, (text) => latest.current.onChange(text)),
          EditorView.contentAttributes.of(() => attributes(latest.current)),
          EditorView.editable.of(!first.readOnly),
          EditorState.readOnly.of(first.readOnly),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [readOnly, props.language, props.lines]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: fromOutside.of(true),
    });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: markGaps.of(gaps) });
  }, [gaps]);
  useImperativeHandle(handle, () => ({
    insert: (text) => {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text));
      editor.focus();
    },
  }));
  return <div ref={place} />;
}
