import { createStore } from "zustand/vanilla";

/**
 * Steps that somebody has just put there. Their problems are not shown before one of those that came along was
 * left once, or before an attempt to publish.
 */
export function createQuiet() {
  const store = createStore<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set<string>() }));
  let groups: (readonly string[])[] = [];
  const keep = (left: (readonly string[])[]) => {
    groups = left;
    store.setState({ ids: new Set(left.flat()) });
  };
  return {
    ...store,
    /** Keeps quiet about steps that came at once. */
    hush: (ids: readonly string[]) => keep([...groups, ids]),
    /** Lets the problems of a step and of those that came with it be seen, or of all. */
    speak: (id?: string) => {
      const left = id === undefined ? [] : groups.filter((group) => !group.includes(id));
      if (left.length < groups.length) keep(left);
    },
  };
}

export type Quiet = ReturnType<typeof createQuiet>;
