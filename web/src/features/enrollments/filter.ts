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

/** What the explorer is asked for; it stands in the address. */
export type Filter = {
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
  for (const name of ["workflow", "node", "contact"] as const) {
    const value = search[name];
    if ((typeof value === "string" || typeof value === "number") && value !== "") filter[name] = String(value);
  }
  const status = statuses.find((s) => s === search.status);
  if (status) filter.status = status;
  const version = Number(search.version);
  if (Number.isInteger(version) && version > 0) filter.version = version;
  if (search.test === true || search.test === "true") filter.test = true;
  if (search.test === false || search.test === "false") filter.test = false;
  return filter;
}

/** Changes a filter. Versions and steps belong to a workflow: without one they make no sense. */
export function changeFilter(before: Filter, change: { [K in keyof Filter]?: Filter[K] | undefined }): Filter {
  const next = { ...before, ...change };
  if (change.workflow !== undefined ? change.workflow !== before.workflow : "workflow" in change) {
    delete next.node;
    delete next.version;
  }
  return Object.fromEntries(Object.entries(next).filter(([, v]) => v !== undefined && v !== "")) as Filter;
}

export const isFiltered = (filter: Filter) => Object.keys(filter).length > 0;
