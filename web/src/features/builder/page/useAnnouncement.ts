import { useEffect, useState } from "react";
import { useBuilder } from "./context";

/** What the last edit did, for screen readers: "Delete Send email", "Undone: Delete Send email". */
export function useAnnouncement(): string {
  const { store } = useBuilder();
  const [words, say] = useState("");
  useEffect(() => {
    const undone = () => store.temporal.getState().futureStates;
    let before = { revision: store.getState().revision, undone: undone().length };
    return store.subscribe((draft) => {
      if (draft.revision === before.revision) return;
      const future = undone();
      say(future.length > before.undone ? `Undone: ${future.at(-1)?.label ?? ""}` : draft.label);
      before = { revision: draft.revision, undone: future.length };
    });
  }, [store]);
  return words;
}
