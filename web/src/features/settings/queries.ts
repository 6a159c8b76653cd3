import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, call } from "@/api";

export const accountQuery = () =>
  queryOptions({ queryKey: ["account"], queryFn: ({ signal }) => call(api.GET("/v1/account", { signal })) });

export const secretsQuery = () =>
  queryOptions({ queryKey: ["secrets"], queryFn: ({ signal }) => call(api.GET("/v1/secrets", { signal })) });

const first: string | undefined = undefined;
const nextOf = (page: { next: string | null }) => page.next ?? undefined;

export const keysQuery = () =>
  infiniteQueryOptions({
    queryKey: ["api-keys"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/api-keys", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: first as string | undefined,
    getNextPageParam: nextOf,
  });

export const auditQuery = () =>
  infiniteQueryOptions({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/audit", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: first as string | undefined,
    getNextPageParam: nextOf,
  });

export const suppressionsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["suppressions"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/v1/suppressions", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: first as string | undefined,
    getNextPageParam: nextOf,
  });

export const healthQuery = () =>
  queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => call(api.GET("/v1/health/engine", { signal })),
    refetchInterval: 5_000,
  });
