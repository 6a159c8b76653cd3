import type { Backtest, Result } from "./queries";
import { daysOf } from "./range";

export const number = (n: number) => n.toLocaleString("en");

export const counted = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** A rate as people say it: whole above ten, else one digit. */
export const roughly = (n: number) => n.toLocaleString("en", { maximumFractionDigits: n >= 10 ? 0 : 1 });

const days = (n: number) => (n < 1 ? "less than a day" : counted(Math.round(n), "day"));

/** Who would have entered, in a sentence: "1,140 would have entered in 30 days, about 38 a day." */
export function entryWords(of: Pick<Backtest, "from" | "to">, result: Result): string {
  const long = daysOf(of);
  const when = `in ${days(long)}`;
  if (result.entered === 0) return `Nobody would have entered ${when}.`;
  const rate = long >= 1.5 ? `, about ${roughly(result.entered / long)} a day` : "";
  const people = result.entered_contacts === result.entered ? "" : ` (${counted(result.entered_contacts, "contact")})`;
  return `${number(result.entered)} would have entered ${when}${rate}${people}.`;
}

/** The same as a forecast: "About 38 a day would enter; 1,140 would have in 30 days." */
export function forecastWords(of: Pick<Backtest, "from" | "to">, result: Result): string {
  if (result.entered === 0) return entryWords(of, result);
  const long = daysOf(of);
  return `About ${roughly(result.entered / Math.max(1, long))} a day would enter; ${number(result.entered)} would have in ${days(long)}.`;
}

/** How a passage would have ended: "completed, success", "inside". */
export const endWords = ({
  status,
  outcome,
  reason,
}: {
  status: string;
  outcome: string | null;
  reason: string | null;
}) => [status === "inside" ? "still inside" : status, outcome, reason?.replaceAll("_", " ")].filter(Boolean).join(", ");

/** What really happened, against the backtest. */
export function actualWords({ enrolled, both, only_backtest, only_actual }: Result["actual"]): string {
  if (enrolled === 0) return "In that time nobody really was enrolled by its triggers.";
  const parts = [
    `${number(enrolled)} really entered in that time`,
    both > 0 && `${counted(both, "contact")} in both`,
    only_backtest > 0 && `${counted(only_backtest, "contact")} only now`,
    only_actual > 0 && `${counted(only_actual, "contact")} only then`,
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}

/** What is looked at: the draft or a version. */
export const subjectWords = ({ version }: Pick<Backtest, "version">) =>
  version === null ? "the draft" : `version ${version}`;
