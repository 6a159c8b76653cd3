import { useMediaQuery } from "@mantine/hooks";
import { useBuilder } from "./context";
import type { View } from "./search";

/** How the workflow is drawn: as the address says, else as an outline where there is little room. */
export function useView(): View {
  const { search } = useBuilder();
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  return search.view ?? (narrow ? "outline" : "canvas");
}
