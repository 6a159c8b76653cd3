import { useCallback, useMemo, useState } from "react";
import type { Actions } from "../editor/actions";
import { focusDrawn } from "./focus";

/** Which step's name is being written where the step stands, and what becomes of it. */
export function useRenaming(actions: Actions) {
  const [renaming, rename] = useState<string | null>(null);
  const renamed = useCallback(
    (id: string, name: string | null, byKey: boolean) => {
      rename(null);
      if (name !== null) actions.renameStep(id, name);
      if (byKey) focusDrawn({ kind: "step", id });
    },
    [actions],
  );
  return useMemo(() => ({ renaming, rename, renamed }), [renaming, renamed]);
}
