import { queryOptions } from "@tanstack/react-query";
import { api, call } from "@/api";
import type { Schema } from "./model/schema";

/** The JSON Schema of definitions, of which the forms of what all nodes share are drawn. */
export const definitionSchemaQuery = () =>
  queryOptions({
    queryKey: ["schema"],
    queryFn: async ({ signal }) => (await call(api.GET("/v1/schema", { signal }))) as Schema,
    staleTime: Number.POSITIVE_INFINITY,
  });
