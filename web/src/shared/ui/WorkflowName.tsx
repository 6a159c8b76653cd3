import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

const namesQuery = queryOptions({
  queryKey: ["workflows", "names"],
  queryFn: ({ signal }) => call(api.GET("/v1/workflows", { params: { query: { limit: 500 } }, signal })),
  select: (list: Schemas["WorkflowList"]) => new Map(list.items.map((w) => [w.key, w.name])),
  staleTime: 60_000,
  retry: false,
});

/** What a workflow is called; its key as long as that is not known, and for one that is no longer listed. */
export function WorkflowName({ of }: { of: string }) {
  const { data } = useQuery(namesQuery);
  return data?.get(of) || of;
}
