import { useCallback } from "react";
import { useBuilder } from "../page/context";
import type { Problem } from "../queries";
import { FixButton } from "./FixButton";

/** Draws the button that carries out the repair of a problem, for forms to put at the field. */
export function useRepair() {
  const { revalidate } = useBuilder();
  return useCallback((fix: NonNullable<Problem["fix"]>) => <FixButton fix={fix} onFixed={revalidate} />, [revalidate]);
}
