import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type Deal = Schemas["Deal"];
export type Pipeline = Schemas["Pipeline"];

export const pipelinesQuery = () =>
  queryOptions({
    queryKey: ["pipelines"],
    queryFn: ({ signal }) => call(api.GET("/v1/pipelines", { params: { query: { limit: 200 } }, signal })),
  });

/** The deals of a stage, newest first, page by page. */
export const dealsQuery = (pipeline: string, stage: string) =>
  infiniteQueryOptions({
    queryKey: ["deals", pipeline, stage],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/deals", { params: { query: { pipeline, stage, limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  });

export const moveDeal = (id: string, stage: string) =>
  call(api.PATCH("/v1/deals/{id}", { params: { path: { id } }, body: { stage } }));

/** An amount with its currency; an unknown currency is written as it is. */
export function amount(deal: Pick<Deal, "value" | "currency">): string {
  if (deal.value === null) return "";
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency: deal.currency ?? "USD" }).format(deal.value);
  } catch {
    return `${deal.value} ${deal.currency ?? ""}`.trim();
  }
}
