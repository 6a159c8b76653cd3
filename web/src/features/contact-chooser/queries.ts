import { queryOptions } from "@tanstack/react-query";
import { api, call, idempotencyKey, type Schemas } from "@/api";

export type Contact = Schemas["Contact"];

/** Contacts whose mail address, name or external id holds the text; the newest when it is empty. */
export const contactSearchQuery = (text: string, limit = 20) =>
  queryOptions({
    queryKey: ["contacts", "search", text, limit],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/contacts", { params: { query: text ? { query: text, limit } : { limit } }, signal })),
    staleTime: 30_000,
  });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id],
    queryFn: ({ signal }) => call(api.GET("/v1/contacts/{id}", { params: { path: { id } }, signal })),
    staleTime: 30_000,
    retry: false,
  });

export const createContact = (email: string) =>
  call(api.POST("/v1/contacts", { params: { header: { "Idempotency-Key": idempotencyKey() } }, body: { email } }));
