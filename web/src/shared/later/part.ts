import type { ComponentType } from "react";

export type PartState<P> = {
  readonly part: ComponentType<P> | null;
  /** Why the last attempt to load it failed; null: none did. */
  readonly problem: unknown;
};

/** A part of the page that is loaded when it is needed, and asked for again after a failure. */
export type Part<P> = {
  snapshot: () => PartState<P>;
  subscribe: (hear: () => void) => () => void;
  /** Loads it, unless it is there or on its way. A failure is told by the state. */
  fetch: () => Promise<void>;
};

export function createPart<P>(load: () => Promise<ComponentType<P>>): Part<P> {
  let state: PartState<P> = { part: null, problem: null };
  let under: Promise<void> | null = null;
  const heard = new Set<() => void>();
  const put = (next: PartState<P>) => {
    state = next;
    for (const hear of heard) hear();
  };
  const fetch = (): Promise<void> => {
    if (state.part) return Promise.resolve();
    under ??= load()
      .then(
        (part) => put({ part, problem: null }),
        (problem: unknown) => put({ part: null, problem }),
      )
      .finally(() => {
        under = null;
      });
    return under;
  };
  const subscribe = (hear: () => void) => {
    heard.add(hear);
    return () => void heard.delete(hear);
  };
  return { snapshot: () => state, subscribe, fetch };
}
