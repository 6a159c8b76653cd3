import type { BacktestRequest } from "./queries";

/** What is asked for: the last days, or a range as it stands in two fields of local time. */
export type RangeForm = { days: "7" | "30" | "90" | "own"; from: string; to: string; version: string };

export const firstRange: RangeForm = { days: "30", from: "", to: "", version: "draft" };

export const dayChoices = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "own", label: "From – to" },
];

const dayMs = 86_400_000;

function instant(local: string): string | undefined {
  const at = new Date(local);
  return local === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** What is sent. A range of days ends with the server's own now: it begins as long before ours. */
export function requestOf({ days, from, to, version }: RangeForm, now: number): BacktestRequest {
  const what = version === "draft" ? { draft: true } : { version: Number(version) };
  if (days !== "own") return { ...what, from: new Date(now - Number(days) * dayMs).toISOString() };
  const [begin, end] = [instant(from), instant(to)];
  return { ...what, ...(begin && { from: begin }), ...(end && { to: end }) };
}

/** How long a range is, in days. */
export const daysOf = ({ from, to }: { from: string; to: string }) => (Date.parse(to) - Date.parse(from)) / dayMs;
