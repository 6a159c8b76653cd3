/** Ranges that have a name, from the shortest to the longest: so many days, today included. */
export const presets = { today: 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365 } as const;
export type Preset = keyof typeof presets;

/** What is asked for when the address says nothing; the server has the same default. */
export const usual: Preset = "30d";

export const tabs = ["total", "steps", "days", "versions"] as const;
export type Tab = (typeof tabs)[number];

/** A range of days as the address writes it: by name, or first and last day, both part of it. */
export type Range = { range?: Preset; from?: string; to?: string };

/** Which figures are shown; it stands in the address. */
export type FiguresSearch = Range & {
  version?: number;
  /** A second version, shown beside the first. */
  compare?: number;
  tab?: Tab;
};

export const isPreset = (value: unknown): value is Preset => typeof value === "string" && Object.hasOwn(presets, value);

const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

const versionOf = (value: unknown): number | undefined => {
  const version = Number(value);
  return Number.isInteger(version) && version > 0 ? version : undefined;
};

/** Reads a range from the query of an address. Days win over a name; what does not fit is left out. */
export function readRange(search: Record<string, unknown>): Range {
  const range: Range = {};
  if (isDay(search.from)) range.from = search.from;
  if (isDay(search.to)) range.to = search.to;
  if (range.from && range.to && range.from > range.to) return { from: range.to, to: range.from };
  if (range.from || range.to) return range;
  return isPreset(search.range) && search.range !== usual ? { range: search.range } : {};
}

/** Reads what the dashboard shows from the query of its address. */
export function readFiguresSearch(search: Record<string, unknown>): FiguresSearch {
  const read: FiguresSearch = readRange(search);
  const version = versionOf(search.version);
  const compare = versionOf(search.compare);
  const tab = tabs.find((t) => t === search.tab);
  if (version) read.version = version;
  if (compare && compare !== version) read.compare = compare;
  if (tab && tab !== "total") read.tab = tab;
  return read;
}
