import { number } from "@/features/figures";
import { ago, percent } from "@/shared";
import type { Health, Overview } from "./queries";

/** Why somebody should look at a workflow. */
export type Reason = { why: Health["review"][number]; words: string };

/** The reasons of a workflow in words. */
export function reasonsOf(w: Pick<Health, "review" | "error_rate" | "held_now">): Reason[] {
  return w.review.map((why) => ({ why, words: reasonWords(why, w) }));
}

function reasonWords(why: Health["review"][number], w: Pick<Health, "error_rate" | "held_now">): string {
  switch (why) {
    case "errors":
      return `${percent(w.error_rate ?? 0)} errors`;
    case "held":
      return `${number(w.held_now)} held`;
    case "silent":
      return "nobody came";
    case "no_owner":
      return "no owner";
  }
}

const causes: Record<string, string> = {
  start_pending: "not handed to Temporal yet",
  lost: "lost runs that are being mended",
  ended_open: "ended, their run not closed yet",
  other: "without a known cause",
};

/** Whether those inside are those whom Temporal runs: in words, and whether somebody should look. */
export function reconcileWords(r: Overview["reconcile"]): { words: string; equal: boolean } {
  if (!r) return { words: "not compared with Temporal yet", equal: true };
  if (r.stale) return { words: `the last comparison with Temporal was ${ago(r.at)}`, equal: false };
  const found = Object.entries(r.causes).filter(([, n]) => n !== 0);
  if (r.difference === 0 && found.length === 0) {
    return { words: `Temporal had the same ${number(r.ours)} open ${ago(r.at)}`, equal: true };
  }
  const by = found.map(([cause, n]) => `${number(Math.abs(n))} ${causes[cause] ?? cause.replaceAll("_", " ")}`);
  const words = `${number(r.ours)} inside against ${number(r.temporal)} that Temporal had open ${ago(r.at)}`;
  return { words: by.length > 0 ? `${words}: ${by.join(", ")}` : words, equal: false };
}

/** The workflows that somebody should look at: those with most reasons first, then by errors, then by name. */
export function toReview(workflows: readonly Health[]): Health[] {
  return workflows
    .filter((w) => w.review.length > 0)
    .sort(
      (a, b) =>
        b.review.length - a.review.length ||
        (b.error_rate ?? 0) - (a.error_rate ?? 0) ||
        a.name.localeCompare(b.name, "en"),
    );
}
