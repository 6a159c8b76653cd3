import { type VerdictName, verdictNames } from "./words";

/** Which events are shown; it stands in the address. */
export type EventFilter = { contact?: string; type?: string; verdict?: VerdictName };

/** Reads a filter from the query of an address. What does not fit is left out. */
export function readEventFilter(search: Record<string, unknown>): EventFilter {
  const filter: EventFilter = {};
  if (typeof search.contact === "string" && search.contact) filter.contact = search.contact;
  if (typeof search.type === "string" && search.type) filter.type = search.type;
  const verdict = verdictNames.find((v) => v === search.verdict);
  if (verdict) filter.verdict = verdict;
  return filter;
}
