import { useMemo } from "react";
import type { Layer } from "@/features/figures";
import { useBuilder } from "./context";

/** The figures that lie over the canvas, as the address says; null: none. */
export function useLayer(): Layer {
  const { figures, range, from, to, version } = useBuilder().search;
  return useMemo(() => (figures ? { range, from, to, version } : null), [figures, range, from, to, version]);
}
