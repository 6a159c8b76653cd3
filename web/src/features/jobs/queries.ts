import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type Job = Schemas["Job"];

const ended = new Set<Job["status"]>(["done", "failed", "canceled"]);
export const hasEnded = (job: Pick<Job, "status">) => ended.has(job.status);

export const jobKeys = {
  all: ["jobs"] as const,
  lists: ["jobs", "list"] as const,
  one: (id: string) => ["jobs", id] as const,
};

/** A job, read again every second until it has ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.one(id),
    queryFn: ({ signal }) => call(api.GET("/v1/jobs/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 1_000),
  });

/** What failed while a job went on; read again whenever there is more of it. */
export const jobErrorsQuery = (id: string, errors: number) =>
  queryOptions({
    queryKey: [...jobKeys.one(id), "errors", errors],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/jobs/{id}/errors", { params: { path: { id }, query: { limit: 200 } }, signal })),
    enabled: errors > 0,
    placeholderData: (before) => before,
  });

/** The newest jobs of a kind, read often while one of them is under way. */
export const jobsQuery = (kind: string, workflow: string | undefined, limit = 20) =>
  queryOptions({
    queryKey: [...jobKeys.lists, kind, workflow, limit],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/jobs", { params: { query: { kind, limit, ...(workflow ? { workflow } : {}) } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.every(hasEnded) ? 15_000 : 1_000),
  });

export const cancelJob = (id: string) => call(api.POST("/v1/jobs/{id}/cancel", { params: { path: { id } } }));
