import type { Job } from "./queries";

const known: Record<string, string> = {
  done: "done",
  refused: "refused",
  failed: "failed",
  moved_on: "had moved on meanwhile",
};

/** What became of the pieces of a job, as people say it; what was only looked at is left out. */
export function countWords(counts: Job["counts"]): string[] {
  return Object.entries(counts)
    .filter(([what, n]) => what !== "matched" && n > 0)
    .map(([what, n]) => `${n.toLocaleString("en")} ${known[what] ?? what.replaceAll("_", " ")}`);
}

/** How much of a job is over with, from 0 to 100. */
export function percentOf(job: Pick<Job, "done" | "total" | "status">): number {
  if (!job.total) return job.status === "done" ? 100 : 0;
  return Math.min(100, Math.round((100 * job.done) / job.total));
}

/** Errors by their message, the most frequent first, each with whom it hit. */
export function byMessage(errors: readonly { subject: string | null; message: string }[]) {
  const groups = new Map<string, string[]>();
  for (const { subject, message } of errors) {
    const hit = groups.get(message) ?? [];
    groups.set(message, subject ? [...hit, subject] : hit);
  }
  return [...groups]
    .map(([message, subjects]) => ({ message, subjects }))
    .sort((a, b) => b.subjects.length - a.subjects.length);
}
