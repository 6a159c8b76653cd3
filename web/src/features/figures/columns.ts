import { count, length, money, number, type Shown, share } from "./format";
import type { Who } from "./people";
import type { Analytics, DayFigures, NodeFigures } from "./queries";

/** A column of a table of figures. `picks`: who is meant by its numbers, where the explorer can show them. */
export type Column<T> = { label: string; means: string; of: (row: T) => Shown; picks?: (row: T) => Who | null };

const noEntry = "nobody came here";

type Counts = "entries" | "active_now" | "done" | "failed" | "lost";

/** Leads from a count to whom it means; nobody is nobody to show. */
const pick =
  (what: Exclude<Who["what"], "left">, of: Counts) =>
  (n: NodeFigures): Who | null =>
    n[of] > 0 ? { what, node: n.node } : null;

/** What is shown of a step. */
export const stepColumns: Column<NodeFigures>[] = [
  {
    label: "Entered",
    means: "Visits; who comes twice counts twice.",
    of: (n) => count(n.entries),
    picks: pick("entered", "entries"),
  },
  {
    label: "Here now",
    means: "Who stands here at this moment, whenever they started.",
    of: (n) => count(n.active_now),
    picks: pick("here", "active_now"),
  },
  { label: "Done", means: "Visits that ended as they should.", of: (n) => count(n.done), picks: pick("done", "done") },
  {
    label: "Failed",
    means: "Failed after all retries, also while held for an operator.",
    of: (n) => count(n.failed),
    picks: pick("failed", "failed"),
  },
  {
    label: "Not done",
    means: "Dropped, suppressed, skipped, exited, canceled, or with an outcome that nobody knows.",
    of: (n) => ({
      text: number(n.dropped + n.suppressed + n.skipped + n.exited + n.canceled + n.unknown),
      ...othersOf(n),
    }),
  },
  { label: "Lost here", means: "Ended here without success.", of: (n) => count(n.lost), picks: pick("lost", "lost") },
  { label: "Drop-off", means: "Lost here, of all visits.", of: (n) => share(n.drop_off, noEntry) },
];

function othersOf(n: NodeFigures): { why?: string } {
  const parts = (["dropped", "suppressed", "skipped", "exited", "canceled", "unknown"] as const)
    .filter((name) => n[name] > 0)
    .map((name) => `${number(n[name])} ${name}`);
  return parts.length > 0 ? { why: parts.join(", ") } : {};
}

const notSent = "no mail was sent here";

/** What is shown of the mails of a step. */
export const mailColumns: Column<NodeFigures>[] = [
  { label: "Mails sent", means: "Mails that were handed over.", of: (n) => (n.mail ? count(n.mail.sent) : dash) },
  {
    label: "Opened",
    means: "Of the mails sent, by people; requests of machines are left out.",
    of: (n) => (n.mail ? share(n.mail.open_rate, notSent) : dash),
  },
  {
    label: "Clicked",
    means: "Of the mails sent, by people.",
    of: (n) => (n.mail ? share(n.mail.click_rate, notSent) : dash),
  },
  { label: "Bounced", means: "Bounced hard within 7 days.", of: (n) => (n.mail ? count(n.mail.bounced) : dash) },
];

/** A step that sends no mail has no such figure, and nothing to explain. */
const dash: Shown = { text: "" };

/** What is shown of a day. */
export const dayColumns: Column<DayFigures>[] = [
  { label: "Enrolled", means: "Enrollments that started on this day.", of: (d) => count(d.enrolled) },
  { label: "Finished", means: "Those of them that have finished since.", of: (d) => count(d.finished) },
  { label: "Completed", means: "Those of them that have completed since.", of: (d) => count(d.completed) },
  {
    label: "Completion rate",
    means: "With success, of those who finished.",
    of: (d) => share(d.completion_rate, d.enrolled === 0 ? "nobody started on this day" : "nobody has finished yet"),
  },
  { label: "Steps", means: "Steps of them that were attempted.", of: (d) => count(d.steps) },
  { label: "Errors", means: "Steps of them that failed or whose mail bounced.", of: (d) => count(d.errors) },
];

type VersionFigures = Analytics["versions"][number];

/** What is shown of a version beside the others, a line for each. */
export const versionColumns = (currency: string): Column<VersionFigures>[] => [
  { label: "Enrolled", means: "Enrollments that started in the range.", of: (v) => count(v.enrolled) },
  { label: "Still inside", means: "Of those who started in the range.", of: (v) => count(v.active) },
  { label: "Finished", means: "Completed, exited or failed.", of: (v) => count(v.finished) },
  {
    label: "Completion rate",
    means: "With success, of those who finished.",
    of: (v) => share(v.completion_rate, "nobody has finished yet"),
  },
  {
    label: "Error rate",
    means: "Of all steps attempted.",
    of: (v) => share(v.error_rate, "no step was attempted yet"),
  },
  {
    label: "Time to completion, median",
    means: "From start to end of those completed.",
    of: (v) => length(v.time_to_completion.p50_s, "nobody has completed yet"),
  },
  {
    label: "Time to completion, 90 %",
    means: "Nine of ten of those completed took no longer.",
    of: (v) => length(v.time_to_completion.p90_s, "nobody has completed yet"),
  },
  {
    label: "Excess, median",
    means: "Over the planned waits.",
    of: (v) => length(v.excess_s.p50, "nobody has completed yet"),
  },
  {
    label: "Lateness, 99 %",
    means: "Of waits that time ended.",
    of: (v) => length(v.lateness_s.p99, "no wait ended by time"),
  },
  {
    label: "Saved",
    means: "Hours, and the same at the account's hourly cost.",
    of: (v) => ({ text: `${number(v.saved.hours, 2)} h${currency ? `, ${money(v.saved.amount, currency)}` : ""}` }),
  },
  {
    label: "Most lost at",
    means: "The step where the greatest part of those who enter it ends without success.",
    of: (v) =>
      v.drop_off
        ? { text: `${v.drop_off.title}: ${number(v.drop_off.ended)} of ${number(v.drop_off.entries)}` }
        : { text: "—", why: "nobody is lost at a step" },
  },
];
