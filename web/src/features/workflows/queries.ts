import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type Workflow = Schemas["Workflow"];
export type Overview = Schemas["Overview"];
export type Health = Schemas["OverviewWorkflow"];

export const workflowsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["workflows"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/workflows", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });

/** How all workflows do, of those who started in the last thirty days. */
export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => call(api.GET("/v1/overview", { signal })),
  refetchInterval: 60_000,
});
