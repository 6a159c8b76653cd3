import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

/** Sets the fields that are underlined. */
export const markGaps = StateEffect.define<readonly string[]>();

const mark = Decoration.mark({ class: "cm-gap", attributes: { title: "This field has no value here." } });

/** Where the named fields stand in a text, each time with nothing of a longer name around it. */
export function gapsIn(text: string, gaps: readonly string[]): { from: number; to: number }[] {
  const found = gaps.flatMap((gap) => {
    const escaped = gap.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const all = text.matchAll(new RegExp(`(?<![\\w.$])${escaped}(?![\\w.])`, "g"));
    return [...all].map((m) => ({ from: m.index, to: m.index + gap.length }));
  });
  return found.sort((a, b) => a.from - b.from);
}

function decorate(text: string, gaps: readonly string[]): DecorationSet {
  return Decoration.set(gapsIn(text, gaps).map(({ from, to }) => mark.range(from, to)));
}

type State = { gaps: readonly string[]; set: DecorationSet };

export const showGaps = StateField.define<State>({
  create: () => ({ gaps: [], set: Decoration.none }),
  update: (old, tr) => {
    const marked = tr.effects.find((e) => e.is(markGaps));
    const gaps = marked ? (marked.value as readonly string[]) : old.gaps;
    if (!tr.docChanged && !marked) return old;
    return { gaps, set: decorate(tr.newDoc.toString(), gaps) };
  },
  provide: (field) => EditorView.decorations.from(field, (s) => s.set),
});
