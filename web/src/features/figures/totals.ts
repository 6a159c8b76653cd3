import { count, length, lengthWords, money, none, number, pace, type Shown, share } from "./format";
import type { Analytics } from "./queries";

/** One figure of the whole range: what it is called, what it is, and a few words under it. */
export type Total = {
  label: string;
  of: (a: Analytics) => Shown;
  /** What it was counted from. */
  below?: (a: Analytics) => string;
  /** What it means, for who points at it. */
  means: string;
};

const nobodyFinished = "nobody has finished yet";
const nobodyCompleted = "nobody has completed yet";
const noTimedWait = "no wait ended by time";

const of = (part: number, whole: number, what: string) => `${number(part)} of ${number(whole)} ${what}`;

/** Figures that stand together, with the heading above them. */
export const totals: { title: string; figures: Total[] }[] = [
  {
    title: "People",
    figures: [
      {
        label: "Enrolled",
        of: (a) => count(a.enrolled),
        below: (a) => `${number(a.active)} still inside, ${number(a.finished)} finished`,
        means: "Enrollments that started in the range, tests left out.",
      },
      {
        label: "Inside now",
        of: (a) => count(a.active_now),
        below: () => "whenever they started",
        means: "Everybody inside at this moment, whenever they started.",
      },
      {
        label: "Finished",
        of: (a) => count(a.finished),
        below: (a) => `${number(a.completed)} completed, ${number(a.exited)} exited, ${number(a.failed)} failed`,
        means: "Completed, exited or failed, of those who started in the range.",
      },
    ],
  },
  {
    title: "Outcome",
    figures: [
      {
        label: "Completion rate",
        of: (a) => share(a.completion_rate, nobodyFinished),
        below: (a) => of(a.succeeded, a.finished, "finished with success"),
        means: "Completed or exited with outcome success, of those who finished.",
      },
      {
        label: "Error rate",
        of: (a) => share(a.error_rate, "no step was attempted yet"),
        below: (a) => of(a.errors, a.steps, "steps"),
        means: "Steps that failed after all retries, or whose mail bounced hard within 7 days, of all attempted.",
      },
    ],
  },
  {
    title: "Time",
    figures: [
      {
        label: "Time to completion, median",
        of: (a) => length(a.time_to_completion.p50_s, nobodyCompleted),
        means: "From start to end of those completed: half of them took no longer.",
      },
      {
        label: "Time to completion, average",
        of: (a) => length(a.time_to_completion.avg_s, nobodyCompleted),
        means: "From start to end of those completed, on average.",
      },
      {
        label: "Time to completion, 90 %",
        of: (a) => length(a.time_to_completion.p90_s, nobodyCompleted),
        means: "Nine of ten of those completed took no longer.",
      },
      {
        label: "Excess over planned waits",
        of: (a) => length(a.excess_s.p50, nobodyCompleted),
        below: (a) => (a.excess_s.p90 === null ? "" : `median; nine of ten under ${lengthWords(a.excess_s.p90)}`),
        means: "Time to completion less what the waits planned: pauses, limits, retries, people who are waited for.",
      },
      {
        label: "Lateness",
        of: (a) => length(a.lateness_s.p50, noTimedWait),
        below: (a) => lateWords(a),
        means: "How long after its due instant a wait ended that time ended.",
      },
    ],
  },
  {
    title: "Throughput and savings",
    figures: [
      {
        label: "Enrollments per day",
        of: (a) => pace(a.throughput.enrollments_per_day),
        below: (a) => perHour(a.throughput.enrollments_per_hour),
        means: "Enrollments in 24 hours, on average over the part of the range that has passed.",
      },
      {
        label: "Steps per day",
        of: (a) => pace(a.throughput.steps_per_day),
        below: (a) => perHour(a.throughput.steps_per_hour),
        means: "Steps attempted in 24 hours, on average over the part of the range that has passed.",
      },
      {
        label: "Hours saved",
        of: (a) => ({ text: `${number(a.saved.hours, 2)} h` }),
        below: () => "by completions with success",
        means: "Completions with success times the manual minutes in the workflow's settings.",
      },
      {
        label: "Money saved",
        of: (a) => (a.currency ? { text: money(a.saved.amount, a.currency) } : none("the account has no currency")),
        below: () => "at the account's hourly cost",
        means: "Hours saved times the hourly cost of the account.",
      },
    ],
  },
];

function lateWords({ lateness_s: { p99, max } }: Analytics): string {
  if (p99 === null || max === null) return "";
  return `median; 99 % under ${lengthWords(p99)}, at most ${lengthWords(max)}`;
}

const perHour = (n: number | null) => (n === null ? "" : `${number(n, 2)} an hour`);
