import { useCallback, useMemo, useState } from "react";
import type { Actions } from "../editor/actions";
import type { BuilderScope } from "./context";
import { focusDrawn } from "./focus";

/** Which note is being written, and what becomes of it. */
export function useNotes(actions: Actions, go: BuilderScope["go"]) {
  const [noting, setNoting] = useState<string | null>(null);
  const note = useCallback(
    (id: string) => {
      go({ notes: undefined });
      setNoting(id);
    },
    [go],
  );
  const noted = useCallback(
    (id: string, text: string | null, byKey: boolean) => {
      setNoting(null);
      if (text !== null) actions.note(id, text);
      if (byKey) focusDrawn({ kind: "step", id });
    },
    [actions],
  );
  return useMemo(() => ({ noting, note, noted }), [noting, note, noted]);
}
