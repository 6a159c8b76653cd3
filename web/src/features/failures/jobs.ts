import type { Job } from "@/features/jobs";

/** What a job was asked to do, as it stands in its parameters. */
export type Asked = { action: string; fingerprint: string | null };

const texts = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Reads what a job of the kinds operate and release_queues was asked to do. */
export function askedOf(job: Pick<Job, "kind" | "params">): Asked {
  const params = texts(job.params);
  if (job.kind === "release_queues") return { action: "retry", fingerprint: text(params.fingerprint) };
  return { action: text(texts(params.order).action) ?? "", fingerprint: text(texts(params.filter).fingerprint) };
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

/** Jobs that worked on many, newest first. */
export const newest = (lists: readonly (readonly Job[])[], most: number): Job[] =>
  lists
    .flat()
    .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
    .slice(0, most);
