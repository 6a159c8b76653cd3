import { infiniteQueryOptions } from "@tanstack/react-query";
import { ApiProblem, api, asProblem, call, idempotencyKey, type Schemas } from "@/api";
import type { Job } from "@/features/jobs";

export const contactsQuery = (query: string) =>
  infiniteQueryOptions({
    queryKey: ["contacts", "list", query],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/v1/contacts", {
          params: { query: { limit: 50, cursor: pageParam, ...(query ? { query } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Sends a file as it is. The answer is a preview, or the job that imports it. */
async function sendFile<T>(file: File, dryRun: boolean): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "text/csv" };
  if (!dryRun) headers["Idempotency-Key"] = idempotencyKey();
  const response = await fetch(`/v1/contacts/import${dryRun ? "?dry_run=true" : ""}`, {
    method: "POST",
    headers,
    body: file,
  }).catch(() => {
    throw new ApiProblem(0, "offline", "Fermata does not answer", "The file was not taken. Try again.");
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw asProblem(response, answer);
  return answer as T;
}

export const previewImport = (file: File) => sendFile<Schemas["ImportPreview"]>(file, true);
export const startImport = (file: File) => sendFile<Job>(file, false);
