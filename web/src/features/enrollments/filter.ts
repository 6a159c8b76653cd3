import type { Schemas } from "@/api";

export type Enrollment = Schemas["Enrollment"];
export type Status = Enrollment["status"];

export const statuses = [
  "running",
  "waiting",
  "paused",
  "held",
  "completed",
  "exited",
  "failed",
] as const satisfies Status[];

/** How a step ended, as the figures count it; open: under way. */
export const kinds = [
  "done",
  "failed",
  "unknown",
  "dropped",
  "suppressed",
  "skipped",
  "exited",
  "canceled",
  "open",
] as const;
export type Kind = (typeof kinds)[number];

/** Whom a figure counts: parts of a filter that come from a figure and have no field of their own. */
export type Counted = {
  /** Only those inside, or only those that have ended. */
  active?: boolean;
  /** Only those that ended with success, or without. */
  success?: boolean;
  /** Instants or dates; who started at `started_to` is not meant. */
  started_from?: string;
  started_to?: string;
  /** Who came to this step; with how it ended and the port by which it was left. */
  step?: string;
  step_status?: Kind;
  step_port?: string;
};

/** What the explorer is asked for; it stands in the address. */
export type Filter = Counted & {
  workflow?: string;
  status?: Status;
  node?: string;
  contact?: string;
  version?: number;
  /** Only tests, or only real enrollments. */
  test?: boolean;
};

/** Reads a filter from the query of an address. What does not fit is left out. */
export function readFilter(search: Record<string, unknown>): Filter {
  const filter: Filter = {};
  for (const name of ["workflow", "node", "contact", "started_from", "started_to", "step", "step_port"] as const) {
    const value = search[name];
    if ((typeof value === "string" || typeof value === "number") && value !== "") filter[name] = String(value);
  }
  const status = statuses.find((s) => s === search.status);
  if (status) filter.status = status;
  const version = Number(search.version);
  if (Number.isInteger(version) && version > 0) filter.version = version;
  for (const name of ["test", "active", "success"] as const) {
    if (search[name] === true || search[name] === "true") filter[name] = true;
    if (search[name] === false || search[name] === "false") filter[name] = false;
  }
  const kind = kinds.find((k) => k === search.step_status);
  if (kind) filter.step_status = kind;
  return filter;
}

/** Changes a filter. Versions and steps belong to a workflow: without one they make no sense. */
export function changeFilter(before: Filter, change: { [K in keyof Filter]?: Filter[K] | undefined }): Filter {
  const next = { ...before, ...change };
  if (change.workflow !== undefined ? change.workflow !== before.workflow : "workflow" in change) {
    for (const name of ["node", "version", "step", "step_status", "step_port"] as const) delete next[name];
  }
  return Object.fromEntries(Object.entries(next).filter(([, v]) => v !== undefined && v !== "")) as Filter;
}

export const isFiltered = (filter: Filter) => Object.keys(filter).length > 0;
