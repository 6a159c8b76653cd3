import { type InfiniteData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

export type PageOf<T> = { items: T[]; next: string | null };

/** A list that the server answers page by page, by cursor. */
export function usePages<T>(
  queryKey: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>,
) {
  const query = useInfiniteQuery<PageOf<T>, Error, InfiniteData<PageOf<T>>, QueryKey, string | undefined>({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  return { ...query, items: query.data?.pages.flatMap((p) => p.items) ?? [] };
}
