import {
  type ApplyOptions,
  appendStep,
  type Clip,
  connect,
  copySteps,
  type Definition,
  type DraftStore,
  disconnect,
  duplicate,
  EditError,
  insertStep,
  keepable,
  lastSlot,
  type Made,
  moveStep,
  type NodeDef,
  type NodeSpec,
  newNode,
  nodesOf,
  pasteSteps,
  patchNode,
  removeBlock,
  removeRule,
  removeStep,
  renameStep,
  renameWorkflow,
  type Selection,
  type Slot,
  type Specs,
  setDisabled,
} from "@/graph";
import { stepName } from "../diff/words";
import { slotAfter, slotWords } from "../page/places";
import { readClipboard, writeClip } from "./clipboard";
import type { Quiet } from "./quiet";

/** What the edits need of the page. */
export type Stage = {
  store: DraftStore;
  quiet: Quiet;
  specs: Specs;
  /** Opens something in the inspector, or closes it. */
  open: (target: Selection | null, focus?: "first empty") => void;
  /** Says something in passing; with `undo` it can be taken back there. */
  say: (words: string, undo?: boolean) => void;
  /** Says why an edit cannot be made. */
  refuse: (why: string) => void;
};

/** Every edit of the builder, whatever key, menu or button asks for it. */
export type Actions = ReturnType<typeof makeActions>;

export function makeActions({ store, quiet, specs, open, say, refuse }: Stage) {
  const now = () => store.getState().definition;
  const show = (definition: Definition, label: string) => store.getState().apply(() => definition, label);
  const nameOf = (id: string) => stepName(id, nodesOf(now())[id], specs);
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (why) {
      if (!(why instanceof EditError)) throw why;
      refuse(why.message);
      return undefined;
    }
  };
  const put = (label: string, make: () => Definition): boolean => {
    const next = attempt(make);
    if (next) show(next, label);
    return next !== undefined;
  };
  const putMade = (label: string, make: () => Made, focus?: "first empty") => {
    const made = attempt(make);
    if (!made) return;
    show(made.definition, label);
    quiet.hush(made.ids);
    const first = made.ids[0];
    if (first) open({ kind: "step", id: first }, focus);
  };
  const copy = async (id: string) => {
    const clip = copySteps(now(), specs, id);
    await writeClip(clip);
    return clip;
  };
  const remove = (id: string, keep?: string | "all") => {
    const name = nameOf(id);
    const done = put(`Delete ${name}`, () =>
      keep === "all" ? removeBlock(now(), specs, id) : removeStep(now(), specs, id, keep),
    );
    if (done) {
      open(null);
      say(`${name} was deleted.`, true);
    }
  };
  const paste = (slot: Slot, clip: Clip) =>
    putMade(`Paste ${slotWords(slot, now(), specs)}`, () => pasteSteps(now(), specs, slot, clip));
  return {
    refuse,
    /** Puts a step into a slot, or at the end; `also` are further ways that are led to it. */
    insert: (slot: Slot | null, spec: NodeSpec, also: readonly Slot[] = []) => {
      const make = (): Made => {
        const made = slot ? insertStep(now(), specs, slot, newNode(spec)) : appendStep(now(), specs, newNode(spec));
        const [id = ""] = made.ids;
        return { ...made, definition: also.reduce((d, way) => connect(d, specs, way, id), made.definition) };
      };
      putMade(`Add ${spec.title}`, make, "first empty");
    },
    /** Puts a step that is filled in already into a slot. */
    follow: (slot: Slot, node: NodeDef) => {
      const title = specs.get(node.type)?.title ?? node.type;
      putMade(`Add ${title}`, () => insertStep(now(), specs, slot, node), "first empty");
    },
    /** The ways that lead on from a step: more than one means that a person has to say which one stays. */
    ways: (id: string) => keepable(now(), specs, id),
    remove,
    removeRule: (kind: "trigger" | "exit", id: string) => {
      const list = kind === "trigger" ? "triggers" : "exits";
      if (!put(`Delete ${kind} ${id}`, () => removeRule(now(), list, id))) return;
      open(null);
      say(`The ${kind} ${id} was deleted.`, true);
    },
    duplicate: (id: string) => void putMade(`Duplicate ${nameOf(id)}`, () => duplicate(now(), specs, id)),
    copy: async (id: string) => {
      const name = nameOf(id);
      const clip = await copy(id);
      const n = Object.keys(clip.nodes).length;
      say(n === 1 ? `${name} was copied.` : `${name} was copied with its branches, ${n} steps.`);
    },
    cut: async (id: string) => {
      const name = nameOf(id);
      const clip = await copy(id);
      const whole = Object.keys(clip.nodes).length > 1;
      const done = put(`Cut ${name}`, () => (whole ? removeBlock(now(), specs, id) : removeStep(now(), specs, id)));
      if (!done) return;
      open(null);
      say(`${name} was cut.`, true);
    },
    /** Where pasted steps go: after the step that is open, else at the end. */
    pastePlace: (id: string | null): Slot => (id && slotAfter(now(), specs, id)) || lastSlot(now(), specs),
    paste,
    pasteFromClipboard: async (slot: Slot) => {
      const clip = await readClipboard();
      if (clip) paste(slot, clip);
      else refuse("There are no steps on the clipboard. Copy some first, in this or another workflow.");
    },
    move: (id: string, slot: Slot) => {
      const name = nameOf(id);
      const label = `Move ${name} ${slotWords(slot, now(), specs)}`;
      if (put(label, () => moveStep(now(), specs, id, slot))) say(`${name} was moved.`, true);
    },
    connect: (slot: Slot, to: string) => void put(`Lead to ${nameOf(to)}`, () => connect(now(), specs, slot, to)),
    disconnect: (slot: Slot) => void put("Open a way out", () => disconnect(now(), specs, slot)),
    setDisabled: (id: string, disabled: boolean) =>
      void put(`${disabled ? "Disable" : "Enable"} ${nameOf(id)}`, () => setDisabled(now(), id, disabled)),
    /** Writes the note of a step; an empty one goes. */
    note: (id: string, text: string) => {
      const note = text.trim() === "" ? undefined : text.trim();
      if (note !== nodesOf(now())[id]?.note)
        put(`Change the note of ${nameOf(id)}`, () => patchNode(now(), id, { note }));
    },
    /** Gives a step its own name; without one it is called as its type. */
    renameStep: (id: string, text: string) => {
      const name = text.trim();
      const old = nodesOf(now())[id];
      if (old && name !== (old.name ?? "")) put(`Rename ${nameOf(id)}`, () => renameStep(now(), id, name));
    },
    /** Any other change, such as those that forms make. */
    change: (edit: (definition: Definition) => Definition, label: string, options?: ApplyOptions) =>
      void attempt(() => store.getState().apply(edit, label, options)),
    rename: (name: string) => void put("Rename the workflow", () => renameWorkflow(now(), name)),
  };
}
