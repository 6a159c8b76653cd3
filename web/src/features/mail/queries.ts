import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";

export type EmailTemplate = Schemas["EmailTemplate"];
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
    queryFn: ({ signal }) => call(api.GET("/v1/email-templates/{key}", { params: { path: { key } }, signal })),
  });

/** Creates a template, or changes the one with that key. */
export function saveTemplate(draft: Draft, exists: boolean): Promise<EmailTemplate> {
  const { key, ...rest } = draft;
  return exists
    ? call(api.PATCH("/v1/email-templates/{key}", { params: { path: { key } }, body: rest }))
    : call(api.POST("/v1/email-templates", { body: draft }));
}

export const removeTemplate = (key: string) =>
  call(api.DELETE("/v1/email-templates/{key}", { params: { path: { key } } }));
