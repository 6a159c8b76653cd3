import { queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { usePages } from "@/shared";
import type { EventFilter } from "./filter";

export type LoggedEvent = Schemas["Event"];

export const keys = {
  lists: ["events", "list"] as const,
  one: (id: string) => ["events", "one", id] as const,
};

/** The log, newest first, page by page. */
export const useEvents = (filter: EventFilter, limit = 50) =>
  usePages<LoggedEvent>([...keys.lists, filter, limit], (cursor, signal) =>
    call(api.GET("/v1/events", { params: { query: { limit, ...filter, ...(cursor ? { cursor } : {}) } }, signal })),
  );

/** One event; without a verdict it is asked for again soon, for the router needs a moment. */
export const eventQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => call(api.GET("/v1/events/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (q) => (q.state.data && q.state.data.verdicts.length > 0 ? false : 1_000),
  });

/** Known types of events, with the keys of their data. */
export const eventTypesQuery = queryOptions({
  queryKey: ["event-types"],
  queryFn: ({ signal }) => call(api.GET("/v1/event-types", { signal })),
  staleTime: 60_000,
});

/** Reports one event; the key makes a repetition harmless. */
export const postEvent = (event: Schemas["EventInput"], key: string) =>
  call(api.POST("/v1/events", { params: { header: { "Idempotency-Key": key } }, body: event }));
