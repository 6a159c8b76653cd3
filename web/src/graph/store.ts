import { type TemporalState, temporal } from "zundo";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Definition, nodesOf } from "./definition";

/** What is selected in a workflow. */
export type Selection =
  | { readonly kind: "step" | "trigger" | "exit"; readonly id: string }
  | { readonly kind: "settings" | "exits" };

/** How an edit goes into the history. */
export type ApplyOptions = {
  /** The field that is being typed in: edits of one field that follow within 800 ms are one step of undo. */
  field?: string;
  /** Select this afterwards; undefined leaves the selection. */
  select?: Selection | null;
};

/** One draft that is being edited. */
export type Draft = {
  readonly definition: Definition;
  readonly selection: Selection | null;
  /** Counts every change of the definition, undo and redo included. */
  readonly revision: number;
  /** The revision that the server has. */
  readonly savedRevision: number;
  /** What the last change did, for undo: "Delete Send email". Empty before the first. */
  readonly label: string;
  /** Makes an edit. One that gives back the same definition is none. An EditError goes through to the caller. */
  apply(edit: (definition: Definition) => Definition, label: string, options?: ApplyOptions): void;
  select(selection: Selection | null): void;
  undo(): void;
  redo(): void;
  /** Takes a definition from the server; the history begins anew. */
  load(definition: Definition): void;
  /** Notes that the server has a revision. */
  saved(revision: number): void;
};

type History = TemporalState<Pick<Draft, "definition" | "label">>;

/** The store of one draft, with its history beside it. */
export type DraftStore = StoreApi<Draft> & { temporal: StoreApi<History> };

/** How many steps of undo are kept. */
const LIMIT = 200;
const PAUSE = 800;

/** Makes the store of one draft. `now` gives milliseconds. */
export function createDraftStore(initial: Definition, now: () => number = () => performance.now()): DraftStore {
  let typed: { field: string; at: number } | null = null;
  const store: DraftStore = createStore<Draft>()(
    temporal(
      (set, get) => ({
        ...opened(initial),
        apply: (edit, label, options = {}) => {
          const { definition, revision, selection } = get();
          const edited = edit(definition);
          const chosen = options.select === undefined ? selection : options.select;
          if (edited === definition) return set({ selection: chosen });
          const same = typed !== null && typed.field === options.field && now() - typed.at < PAUSE;
          typed = options.field === undefined ? null : { field: options.field, at: now() };
          const history = store.temporal.getState();
          if (same) history.pause();
          set({ definition: edited, label, revision: revision + 1, selection: standing(chosen, edited) });
          if (same) history.resume();
        },
        select: (selection) => {
          typed = null;
          set({ selection });
        },
        undo: () => travel((history) => history.undo()),
        redo: () => travel((history) => history.redo()),
        load: (definition) => {
          typed = null;
          set({ ...opened(definition), selection: standing(get().selection, definition) });
          store.temporal.getState().clear();
        },
        saved: (revision) => set({ savedRevision: revision }),
      }),
      {
        limit: LIMIT,
        partialize: ({ definition, label }) => ({ definition, label }),
        equality: (past, current) => past.definition === current.definition,
      },
    ),
  );
  const travel = (go: (history: History) => void) => {
    const before = store.getState();
    go(store.temporal.getState());
    const { definition } = store.getState();
    if (definition === before.definition) return;
    typed = null;
    store.setState({ revision: before.revision + 1, selection: standing(before.selection, definition) });
  };
  return store;
}

/** Whether the server does not have the last change. */
export function isDirty(draft: Draft): boolean {
  return draft.revision !== draft.savedRevision;
}

/** What undo and redo would do; undefined: there is nothing. */
export function historyLabels(store: DraftStore): { undo?: string; redo?: string } {
  const { pastStates, futureStates } = store.temporal.getState();
  return {
    undo: pastStates.length > 0 ? store.getState().label : undefined,
    redo: futureStates.at(-1)?.label,
  };
}

type Opened = Pick<Draft, "definition" | "selection" | "revision" | "savedRevision" | "label">;

function opened(definition: Definition): Opened {
  return { definition, selection: null, revision: 0, savedRevision: 0, label: "" };
}

/** The selection, as far as it is still there. */
function standing(selection: Selection | null, definition: Definition): Selection | null {
  if (!selection || !("id" in selection)) return selection;
  const lists = { trigger: definition.triggers ?? [], exit: definition.exits ?? [] };
  const there =
    selection.kind === "step"
      ? Object.hasOwn(nodesOf(definition), selection.id)
      : lists[selection.kind].some((item) => item.id === selection.id);
  return there ? selection : null;
}
