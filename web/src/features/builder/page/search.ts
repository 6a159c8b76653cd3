import { type Range, readRange } from "@/features/figures/search";

export const tabs = ["build", "rehearse", "test", "settings", "versions"] as const;
export type Tab = (typeof tabs)[number];
export type View = "canvas" | "outline";

/** What the address of the builder says: the tab, what is open in the inspector, how the workflow is drawn. */
export type BuilderSearch = Range & {
  tab?: Exclude<Tab, "build">;
  /** Name of a target; see target.ts. */
  step?: string;
  view?: View;
  /** An old version that is looked at instead of the draft. */
  version?: number;
  /** Off: the notes of steps are not shown. */
  notes?: "off";
  /** Whether the figures lie over the drawing; of the days of the range, and of the version that is looked at. */
  figures?: true;
};

/** Reads the search part of the address; what it does not know is left out. */
export function readBuilderSearch(search: Record<string, unknown>): BuilderSearch {
  const read: BuilderSearch = readRange(search);
  if (search.figures === true || search.figures === "true") read.figures = true;
  const tab = tabs.find((t) => t === search.tab);
  if (tab && tab !== "build") read.tab = tab;
  if (typeof search.step === "string" && search.step !== "") read.step = search.step;
  if (search.view === "canvas" || search.view === "outline") read.view = search.view;
  if (search.notes === "off") read.notes = "off";
  const version = Number(search.version);
  if (Number.isInteger(version) && version > 0) read.version = version;
  return read;
}
