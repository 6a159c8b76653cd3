import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { usePages } from "@/shared";
import type { Enrollment, Filter } from "./filter";

export const keys = {
  all: ["enrollments"] as const,
  lists: ["enrollments", "list"] as const,
  one: (id: string) => ["enrollments", "one", id] as const,
};

/** Enrollments that fit a filter, newest first, page by page. */
export const useEnrollments = (filter: Filter, limit = 50) =>
  usePages<Enrollment>([...keys.lists, filter, limit], (cursor, signal) =>
    call(
      api.GET("/v1/enrollments", { params: { query: { limit, ...filter, ...(cursor ? { cursor } : {}) } }, signal }),
    ),
  );

export const enrollmentQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => call(api.GET("/v1/enrollments/{id}", { params: { path: { id } }, signal })),
  });

/** What an enrollment runs. A migration gives it another version, and so another key. */
export const ranQuery = (id: string, version: number | null) =>
  queryOptions({
    queryKey: ["enrollments", "definition", id, version],
    queryFn: ({ signal }) => call(api.GET("/v1/enrollments/{id}/definition", { params: { path: { id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Why an enrollment still is where it is, and until when. */
export const whyQuery = (workflow: string, contact: string, enrollment: string, active: boolean) =>
  queryOptions({
    queryKey: [...keys.one(enrollment), "why"],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/workflows/{key}/explain", { params: { path: { key: workflow }, query: { contact } }, signal })),
    select: (why: Schemas["Explanation"]) => why.why_here.find((w) => w.enrollment === enrollment),
    enabled: active,
  });

const workflows = {
  queryKey: ["workflows", "names"] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call(api.GET("/v1/workflows", { params: { query: { limit: 500 } }, signal })),
};

/** Workflows that hold everyone where they are. */
export const pausedWorkflowsQuery = queryOptions({
  ...workflows,
  select: (list: Schemas["WorkflowList"]) => list.items.filter((w) => w.status === "paused"),
  refetchInterval: 15_000,
});

/** The names of workflows, for filters. */
export const workflowNamesQuery = queryOptions({
  ...workflows,
  select: (list: Schemas["WorkflowList"]) => list.items.map((w) => ({ key: w.key, name: w.name, version: w.version })),
  staleTime: 30_000,
});

/** Node types by name; they change with the program only. */
export const nodeTypesQuery = queryOptions({
  queryKey: ["nodes"],
  queryFn: ({ signal }) => call(api.GET("/v1/nodes", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});
