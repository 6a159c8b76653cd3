import { useCallback } from "react";
import { useBuilder } from "../page/context";

/** Deletes a step; one that leads several ways only after asking which way stays. */
export function useRemoval() {
  const { actions, ask } = useBuilder();
  return useCallback(
    (id: string) => {
      if (actions.ways(id).length > 1) ask({ kind: "remove", id });
      else actions.remove(id);
    },
    [actions, ask],
  );
}
