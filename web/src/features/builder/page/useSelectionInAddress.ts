import { useEffect, useRef } from "react";
import type { DraftStore } from "@/graph";
import type { BuilderSearch } from "./search";
import { readTarget, targetName } from "./target";

/** Keeps what is open in the address, and opens what the address says. */
export function useSelectionInAddress(
  store: DraftStore,
  step: string | undefined,
  go: (change: Partial<BuilderSearch>) => void,
) {
  const written = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (step === written.current) return;
    written.current = step;
    const { definition, select } = store.getState();
    select(readTarget(step, definition));
  }, [store, step]);
  useEffect(
    () =>
      store.subscribe(({ selection }) => {
        const name = selection ? targetName(selection) : undefined;
        if (name === written.current) return;
        written.current = name;
        go({ step: name });
      }),
    [store, go],
  );
}
