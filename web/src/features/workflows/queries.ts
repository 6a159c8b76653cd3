import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type Workflow = Schemas["Workflow"];

export const workflowsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["workflows"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/workflows", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });
