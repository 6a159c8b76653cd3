import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call, callWithResponse, type Schemas } from "@/api";

/** A template, and the etag that names what it says. */
export type EmailTemplate = Schemas["EmailTemplate"] & { etag?: string };
export type Draft = Pick<EmailTemplate, "key" | "name" | "subject" | "html" | "text" | "class">;

export const emailTemplatesQuery = () =>
  infiniteQueryOptions({
    queryKey: ["email-templates"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/email-templates", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const emailTemplateQuery = (key: string) =>
  queryOptions({
    queryKey: ["email-templates", key],
    queryFn: ({ signal }) => named(api.GET("/v1/email-templates/{key}", { params: { path: { key } }, signal })),
  });

async function named(request: Parameters<typeof callWithResponse<Schemas["EmailTemplate"]>>[0]) {
  const { data, response } = await callWithResponse(request);
  return { ...data, etag: response.headers.get("ETag") ?? undefined };
}

/** Creates a template, or changes the one with that key; with an etag only if it still says what that names. */
export function saveTemplate(draft: Draft, exists: boolean, etag?: string): Promise<EmailTemplate> {
  const { key, name, subject, html, text, class: of } = draft;
  const body = { name, subject, html, text, class: of };
  const header = etag === undefined ? {} : { "If-Match": etag };
  return exists
    ? named(api.PATCH("/v1/email-templates/{key}", { params: { path: { key }, header }, body }))
    : call(api.POST("/v1/email-templates", { body: { key, ...body } }));
}

export const removeTemplate = (key: string) =>
  call(api.DELETE("/v1/email-templates/{key}", { params: { path: { key } } }));
