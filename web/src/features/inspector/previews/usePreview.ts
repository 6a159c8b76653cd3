import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

/**
 * An answer of the server to what is being edited: asked for when the typing rests,
 * canceled when it goes on. Null asks nothing.
 */
export function usePreview<B, T>(
  name: string,
  body: B | null,
  request: (body: B, signal: AbortSignal) => Promise<T>,
  rest = 400,
) {
  const text = body === null ? null : JSON.stringify(body);
  const [asked] = useDebouncedValue(text, rest);
  const query = useQuery({
    queryKey: ["preview", name, asked],
    queryFn: ({ signal }) => request(JSON.parse(asked ?? "null") as B, signal),
    enabled: asked !== null && text !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  });
  return { ...query, data: text === null ? undefined : query.data, isOld: query.isFetching || asked !== text };
}
