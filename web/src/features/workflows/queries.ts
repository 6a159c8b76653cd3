import { queryOptions } from "@tanstack/react-query";
import { api, call } from "@/api";

export const workflowsQuery = () =>
  queryOptions({
    queryKey: ["workflows"],
    queryFn: ({ signal }) => call(api.GET("/v1/workflows", { params: { query: { limit: 200 } }, signal })),
  });
