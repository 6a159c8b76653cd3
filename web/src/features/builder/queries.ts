import { queryOptions } from "@tanstack/react-query";
import { api, call, callWithResponse, idempotencyKey, type Schemas } from "@/api";
import { readWorkflow, start, workflowKey } from "@/features/lifecycle";
import { type Definition, specsOf } from "@/graph";

export { readWorkflow, start, workflowKey };

export type Workflow = Schemas["Workflow"];
export type Problem = Schemas["DefinitionProblem"];
export type Summaries = Schemas["Summaries"];
export type PublishResult = Schemas["PublishResult"];
export type Version = Schemas["Version"];
export type Watch = Schemas["Watch"];

const path = (key: string) => ({ params: { path: { key } } });

/** A workflow without its draft's hourly changes: read anew at every visit, never shown from before. */
export const workflowQuery = (key: string) =>
  queryOptions({
    queryKey: workflowKey(key),
    queryFn: ({ signal }) => readWorkflow(key, signal),
    refetchOnWindowFocus: false,
  });

/** Types of node, by name. They change with the program only. */
export const specsQuery = () =>
  queryOptions({
    queryKey: ["nodes"],
    queryFn: ({ signal }) => call(api.GET("/v1/nodes", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    select: (list) => specsOf(list.items),
  });

export const versionsQuery = (key: string) =>
  queryOptions({
    queryKey: [...workflowKey(key), "versions"],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/workflows/{key}/versions", { params: { path: { key }, query: { limit: 500 } }, signal })),
  });

export const versionQuery = (key: string, n: number) =>
  queryOptions({
    queryKey: [...workflowKey(key), "version", n],
    queryFn: async ({ signal }): Promise<Version> =>
      asJson(await call(api.GET("/v1/workflows/{key}/versions/{n}", { params: { path: { key, n } }, signal }))),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What has happened since the last publish, against as much time before it. */
export const watchQuery = (key: string) =>
  queryOptions({
    queryKey: [...workflowKey(key), "watch"],
    queryFn: ({ signal }) => call(api.GET("/v1/workflows/{key}/watch", { ...path(key), signal })),
    refetchInterval: 60_000,
  });

/** The one-line summaries of the cards of a version. */
export const summariesQuery = (key: string, n: number, definition: Definition) =>
  queryOptions({
    queryKey: [...workflowKey(key), "summaries", n],
    queryFn: ({ signal }) =>
      call(api.POST("/v1/validate", { body: definition, headers: { "Content-Type": "application/json" }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What was asked for as JSON is none of the other representation, YAML. */
function asJson<T>(answer: T | string): T {
  if (typeof answer === "string") throw new TypeError("the server answered text where JSON was asked for");
  return answer;
}

/** Stores a draft that was made from the one with this etag. */
export const saveDraft = async (key: string, definition: Definition, etag: string, signal: AbortSignal) => {
  const params = { path: { key }, header: { "If-Match": `"${etag}"` } };
  const { data } = await callWithResponse(
    api.PUT("/v1/workflows/{key}", {
      params,
      body: definition,
      headers: { "Content-Type": "application/json" },
      signal,
    }),
  );
  return data;
};

export const validateDraft = (key: string) => call(api.POST("/v1/workflows/{key}/validate", path(key)));

/** What becomes of the people inside; what is not said is as the server has it by default. */
export type Flight = Schemas["PublishRequest"];

export const publish = (key: string, body: Flight, options: { dryRun: boolean; createMissing?: boolean }) =>
  call(
    api.POST("/v1/workflows/{key}/publish", {
      params: {
        path: { key },
        query: { dry_run: options.dryRun, create_missing: options.createMissing ?? false },
        header: { "Idempotency-Key": idempotencyKey() },
      },
      body,
    }),
  );

export const rollback = (key: string, to: number, choice: Flight, dryRun: boolean) =>
  call(
    api.POST("/v1/workflows/{key}/rollback", {
      params: { path: { key }, query: { dry_run: dryRun }, header: { "Idempotency-Key": idempotencyKey() } },
      body: { to, ...choice },
    }),
  );

/** The draft, or a version, as YAML. */
export async function readYaml(key: string, version?: number): Promise<string> {
  const headers = { Accept: "application/yaml" };
  const answer =
    version === undefined
      ? api.GET("/v1/workflows/{key}", { ...path(key), headers, parseAs: "text" })
      : api.GET("/v1/workflows/{key}/versions/{n}", {
          params: { path: { key, n: version } },
          headers,
          parseAs: "text",
        });
  return String(await call<unknown>(answer));
}
