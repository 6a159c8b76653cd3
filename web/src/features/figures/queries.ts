import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { graphOf, readDefinition, specsOf, stepOrder } from "@/graph";
import type { Asked } from "./days";

export type Analytics = Schemas["Analytics"];
export type NodeFigures = Schemas["AnalyticsNode"];
export type DayFigures = Schemas["AnalyticsDay"];

/** The figures of a workflow, of one version or of all. */
export const analyticsQuery = (key: string, asked: Asked | undefined, version?: number) =>
  queryOptions({
    queryKey: ["figures", key, asked, version],
    queryFn: async ({ signal }): Promise<Analytics> => {
      const query = { ...asked, ...(version && { version }) };
      const answer = await call(api.GET("/v1/workflows/{key}/analytics", { params: { path: { key }, query }, signal }));
      if (typeof answer === "string") throw new TypeError("the server answered text where JSON was asked for");
      return answer;
    },
    enabled: asked !== undefined,
    // Another range of the same workflow: what was there stays until the answer is.
    placeholderData: (before, query) => (query?.queryKey[1] === key ? before : undefined),
    refetchInterval: 60_000,
  });

/** Where the same figures come as a table. */
export function csvAddress(key: string, asked: Asked, version?: number): string {
  const query = new URLSearchParams({ format: "csv", ...asked, ...(version && { version: String(version) }) });
  return `/v1/workflows/${encodeURIComponent(key)}/analytics?${query}`;
}

/** The zone in which the account counts days. */
export const zoneQuery = queryOptions({
  queryKey: ["account", "timezone"],
  queryFn: ({ signal }) => call(api.GET("/v1/account", { signal })),
  select: (account: Schemas["Account"]) => account.timezone || "UTC",
  staleTime: 60_000,
});

/** Name and newest version of a workflow. */
export const headQuery = (key: string) =>
  queryOptions({
    queryKey: ["workflows", key, "head"],
    queryFn: ({ signal }) => call(api.GET("/v1/workflows/{key}", { params: { path: { key } }, signal })),
    select: (workflow) => {
      if (typeof workflow === "string") return { name: key, version: null };
      return { name: workflow.name || key, version: workflow.version };
    },
  });

/** The steps of a version in the order in which people come to them. */
export const orderQuery = (key: string, version: number | null) =>
  queryOptions({
    queryKey: ["workflows", key, "version", version, "order"],
    queryFn: async ({ signal }) => {
      const params = { path: { key, n: version ?? 0 } };
      const [made, types] = await Promise.all([
        call(api.GET("/v1/workflows/{key}/versions/{n}", { params, signal })),
        call(api.GET("/v1/nodes", { signal })),
      ]);
      const read = typeof made === "string" ? undefined : readDefinition(made.definition);
      return read && "definition" in read ? [...stepOrder(graphOf(read.definition, specsOf(types.items)))] : [];
    },
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
