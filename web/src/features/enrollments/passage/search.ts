import { type Range, readRange } from "@/features/figures/search";

/** What the address of an enrollment says: the step that is open, and the figures over its path. */
export type PassageSearch = Range & { step?: string; figures?: true };

/** Reads the search part of the address; what it does not know is left out. */
export function readPassageSearch(search: Record<string, unknown>): PassageSearch {
  const read: PassageSearch = readRange(search);
  if (typeof search.step === "string" && search.step !== "") read.step = search.step;
  if (search.figures === true || search.figures === "true") read.figures = true;
  return read;
}
