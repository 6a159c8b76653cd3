import { queryOptions } from "@tanstack/react-query";
import { api, call } from "@/api";

type Named = { name?: string; type?: string };

/** The steps of a version by the names that people gave them. */
export const stepNamesQuery = (key: string, n: number) =>
  queryOptions({
    queryKey: ["workflows", key, "version", n, "steps"],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/workflows/{key}/versions/{n}", { params: { path: { key, n } }, signal })),
    select: (version) => {
      const definition = typeof version === "string" ? undefined : version.definition;
      const nodes = (definition?.nodes ?? {}) as Record<string, Named>;
      return Object.entries(nodes).map(([id, node]) => ({ value: id, label: node.name ?? id }));
    },
    enabled: n > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
