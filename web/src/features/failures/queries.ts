import { queryOptions } from "@tanstack/react-query";
import { ApiProblem, api, call, idempotencyKey, type Schemas } from "@/api";
import { asJob, asPreview } from "@/features/enrollments";
import { settingLabel, usePages } from "@/shared";

export type Failure = Schemas["Failure"];
export type FailureItem = Schemas["FailureItem"];
export type Named = Schemas["FailureName"];

export const keys = {
  all: ["failures"] as const,
  list: (workflow: string | undefined) => ["failures", "list", workflow] as const,
  /** Not below the others: whom a group hit is read again when the group looks different, and not once it is gone. */
  items: (fingerprint: string, looks: string) => ["failure", fingerprint, looks] as const,
};

/** Groups of failures, those that wait for a person first. */
export const useFailures = (workflow: string | undefined) =>
  usePages<Failure>(keys.list(workflow), (cursor, signal) =>
    call(
      api.GET("/v1/failures", {
        params: { query: { limit: 50, ...(workflow ? { workflow } : {}), ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );

/** Whom a group hit, page by page. */
export const useFailureItems = ({ fingerprint, count, states, last_seen }: Failure) =>
  usePages<FailureItem>(keys.items(fingerprint, JSON.stringify([count, states, last_seen])), (cursor, signal) => {
    const params = { path: { fingerprint }, query: { limit: 20, ...(cursor ? { cursor } : {}) } };
    return call(api.GET("/v1/failures/{fingerprint}", { params, signal })).catch(nobody);
  });

/** A group that has been mended in between is gone. */
function nobody(problem: unknown) {
  if (problem instanceof ApiProblem && problem.status === 404) return { items: [], next: null };
  throw problem;
}

/** What can be done with a whole group. */
export type GroupAction = "retry" | "skip";

const send = (action: GroupAction, fingerprint: string, body: Schemas["FailureRequest"], signal?: AbortSignal) => {
  const params = { path: { fingerprint }, header: { "Idempotency-Key": idempotencyKey() } };
  const request = { params, body, ...(signal && { signal }) };
  return call(
    action === "retry"
      ? api.POST("/v1/failures/{fingerprint}/retry", request)
      : api.POST("/v1/failures/{fingerprint}/skip", request),
  );
};

export const previewGroup = async (action: GroupAction, fingerprint: string, signal: AbortSignal) =>
  asPreview(await send(action, fingerprint, { dry_run: true }, signal));

export const startGroup = async (action: GroupAction, fingerprint: string, rate: string) =>
  asJob(await send(action, fingerprint, { dry_run: false, ...(rate ? { rate } : {}) }));

/** Tries one failure again: its step, its run, or the queue of the contact. */
export async function retryOne(item: FailureItem): Promise<void> {
  if (item.enrollment) {
    await call(api.POST("/v1/enrollments/{id}/retry", { params: { path: { id: item.enrollment.id } } }));
    return;
  }
  await call(api.POST("/v1/contacts/{id}/queue/release", { params: { path: { id: item.contact.id } } }));
}

/** The mail template that a step of a version names; null when it names none, or one by a text that is filled in. */
export const templateQuery = (workflow: string, version: number, node: string) =>
  queryOptions({
    queryKey: ["workflow", workflow, "version", version, "template", node],
    queryFn: async ({ signal }) => {
      const path = { key: workflow, n: version };
      const answer = await call(api.GET("/v1/workflows/{key}/versions/{n}", { params: { path }, signal }));
      const nodes = (typeof answer === "string" ? {} : (answer.definition?.nodes ?? {})) as Record<string, unknown>;
      return templateIn(nodes[node]);
    },
    enabled: version > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What the settings of a type of node are called in its form; types of node change with the program only. */
export const labelsQuery = (type: string) =>
  queryOptions({
    queryKey: ["nodes"],
    queryFn: ({ signal }) => call(api.GET("/v1/nodes", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    select: ({ items }) => labelsIn(items.find((one) => one.type === type)?.schema),
  });

/** Reads the names of settings out of the schema of a type of node. */
export function labelsIn(schema: unknown): Record<string, string> {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, { "x-ui"?: { label?: string } }> };
  return Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, settingLabel(key, one["x-ui"])]));
}

/** Reads the template out of a node. */
export function templateIn(node: unknown): string | null {
  const { with: settings } = (node ?? {}) as { with?: { template?: unknown } };
  const name = settings?.template;
  return typeof name === "string" && /^[\w.-]+$/.test(name) ? name : null;
}
