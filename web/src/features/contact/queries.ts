import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { usePages } from "@/shared";

export type Contact = Schemas["Contact"];
export type TimelineItem = Schemas["TimelineItem"];
export type Patch = Schemas["ContactPatch"];

export const keys = {
  one: (id: string) => ["contacts", "one", id] as const,
  timeline: (id: string) => ["contacts", "timeline", id] as const,
  enrollments: (id: string) => ["enrollments", "list", "contact", id] as const,
  explain: (id: string) => ["contacts", "explain", id] as const,
};

const path = (id: string) => ({ params: { path: { id } } });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => call(api.GET("/v1/contacts/{id}", { ...path(id), signal })),
  });

/** Everything that happened to a contact, newest first, page by page. */
export const useTimeline = (id: string) =>
  usePages<TimelineItem>(keys.timeline(id), (cursor, signal) =>
    call(
      api.GET("/v1/contacts/{id}/timeline", {
        params: { path: { id }, query: { limit: 40, ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );

export const useContactEnrollments = (contact: string) =>
  usePages<Schemas["Enrollment"]>(keys.enrollments(contact), (cursor, signal) =>
    call(
      api.GET("/v1/enrollments", { params: { query: { contact, limit: 20, ...(cursor ? { cursor } : {}) } }, signal }),
    ),
  );

export const explainQuery = (contact: string, workflow: string | null) =>
  queryOptions({
    queryKey: [...keys.explain(contact), workflow],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/workflows/{key}/explain", {
          params: { path: { key: workflow ?? "" }, query: { contact } },
          signal,
        }),
      ),
    enabled: workflow !== null,
  });

/** Workflows by name, with their state, for choosing one. */
export const workflowsToChooseQuery = queryOptions({
  queryKey: ["workflows", "choose"],
  queryFn: ({ signal }) => call(api.GET("/v1/workflows", { params: { query: { limit: 500 } }, signal })),
  select: (list: Schemas["WorkflowList"]) =>
    list.items.map((w) => ({ value: w.key, label: w.name, status: w.status, published: w.version !== null })),
  staleTime: 30_000,
});

/** Types of the account's own fields, by key. */
export const fieldTypesQuery = queryOptions({
  queryKey: ["fields", "types"],
  queryFn: ({ signal }) => call(api.GET("/v1/fields", { params: { query: { limit: 500 } }, signal })),
  select: (list: Schemas["FieldList"]) => Object.fromEntries(list.items.map((f) => [f.key, f.type])),
  staleTime: 30_000,
});

export const findContactsQuery = (query: string) =>
  queryOptions({
    queryKey: ["contacts", "find", query],
    queryFn: ({ signal }) => call(api.GET("/v1/contacts", { params: { query: { query, limit: 20 } }, signal })),
    enabled: query.length > 1,
  });

export const patchContact = (id: string, body: Patch) => call(api.PATCH("/v1/contacts/{id}", { ...path(id), body }));
export const eraseContact = (id: string) => call(api.DELETE("/v1/contacts/{id}", path(id)));

export const addTag = (id: string, tag: string) =>
  call(api.PUT("/v1/contacts/{id}/tags/{tag}", { params: { path: { id, tag } } }));
export const removeTag = (id: string, tag: string) =>
  call(api.DELETE("/v1/contacts/{id}/tags/{tag}", { params: { path: { id, tag } } }));

export const putConsent = (id: string, body: Schemas["ConsentRequest"]) =>
  call(api.PUT("/v1/contacts/{id}/consent", { ...path(id), body }));

export const mergeContact = (id: string, from: string, dryRun: boolean, key: string) =>
  call(
    api.POST("/v1/contacts/{id}/merge", {
      params: { path: { id }, query: { dry_run: dryRun }, header: { "Idempotency-Key": key } },
      body: { from },
    }),
  );

/** Enrolls one contact by hand; the answer has its verdict. */
export async function enrollByHand(contact: string, workflow: string, data: Record<string, unknown>, key: string) {
  const answer = await call(
    api.POST("/v1/workflows/{key}/enrollments", {
      params: { path: { key: workflow }, header: { "Idempotency-Key": key } },
      // The modes of tests have defaults in the document, and must be absent here.
      body: { contacts: [contact], data } as Schemas["EnrollRequest"],
    }),
  );
  return "items" in answer ? answer.items[0] : undefined;
}
