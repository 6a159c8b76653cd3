import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Overlay } from "@/features/canvas";
import type { Lifecycle } from "@/features/lifecycle";
import type { Definition, DraftStore, Selection, Slot, Specs } from "@/graph";
import type { Actions } from "../editor/actions";
import type { Quiet } from "../editor/quiet";
import type { Problem, Summaries, Workflow } from "../queries";
import type { BuilderSearch } from "./search";

/** A dialog of the builder; one is open at a time. */
export type Dialog =
  /** `also`: further ways that are led to the new step. */
  | { kind: "pick"; slot: Slot | null; also?: readonly Slot[] }
  /** Chooses one of the ways out of a step, to put a step there or to lead it elsewhere. */
  | { kind: "way"; id: string; to: "pick" | "connect" }
  | { kind: "rule"; list: "triggers" | "exits" }
  | { kind: "remove" | "move"; id: string }
  | { kind: "connect"; slot: Slot }
  | { kind: "lifecycle"; what: Lifecycle }
  | { kind: "publish" | "compare" | "keys" | "duplicate" | "import" | "find" }
  | { kind: "rollback"; version: number };

/** What every part of the builder works with. */
export type BuilderScope = {
  workflow: Workflow;
  specs: Specs;
  store: DraftStore;
  quiet: Quiet;
  actions: Actions;
  /** All problems of the saved draft, and those that may be shown already. */
  problems: readonly Problem[];
  shown: readonly Problem[];
  summaries: Summaries;
  /** Why nothing can be edited; null: it can. */
  readOnly: string | null;
  /** What is shown over the drawing: a rehearsal, a test. */
  overlay: Overlay | null;
  setOverlay: (overlay: Overlay | null) => void;
  search: BuilderSearch;
  /** Changes the address. */
  go: (change: Partial<BuilderSearch>) => void;
  open: (target: Selection | null, focus?: "first empty") => void;
  ask: (dialog: Dialog | null) => void;
  /** Asks the server again what it thinks of the draft. */
  revalidate: () => Promise<void>;
  /** The step whose note is being written; note begins to write one. */
  noting: string | null;
  note: (id: string) => void;
  /** Takes the note over, or with null leaves it as it was. */
  noted: (id: string, text: string | null, byKey: boolean) => void;
  /** The step whose name is being written on its card or line; rename begins to write one. */
  renaming: string | null;
  rename: (id: string) => void;
  /** Takes the name over, or with null leaves it as it was. */
  renamed: (id: string, name: string | null, byKey: boolean) => void;
  /** Waits until everything on the screen is saved. */
  flush: () => Promise<void>;
};

export const BuilderContext = createContext<BuilderScope | null>(null);

export function useBuilder(): BuilderScope {
  const scope = useContext(BuilderContext);
  if (!scope) throw new Error("a part of the builder stands outside of it");
  return scope;
}

/** The definition on the screen. */
export function useDefinition(): Definition {
  return useStore(useBuilder().store, (draft) => draft.definition);
}

/** What is open in the inspector. */
export function useSelection(): Selection | null {
  return useStore(useBuilder().store, (draft) => draft.selection);
}
