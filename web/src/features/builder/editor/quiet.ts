import { createStore } from "zustand/vanilla";

/**
 * Steps that somebody has just put there. Their problems are not shown before they were left once,
 * or before an attempt to publish.
 */
export function createQuiet() {
  const store = createStore<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set<string>() }));
  return {
    ...store,
    hush: (ids: readonly string[]) => store.setState((s) => ({ ids: new Set([...s.ids, ...ids]) })),
    /** Lets the problems of one step be seen, or of all. */
    speak: (id?: string) =>
      store.setState((s) => {
        if (id === undefined) return s.ids.size > 0 ? { ids: new Set() } : s;
        return s.ids.has(id) ? { ids: new Set([...s.ids].filter((one) => one !== id)) } : s;
      }),
  };
}

export type Quiet = ReturnType<typeof createQuiet>;
