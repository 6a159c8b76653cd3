import { presets, type Range, usual } from "./search";

const dayMs = 86_400_000;

/** The date of an instant in a zone: "2026-03-09". */
export function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    at,
  );
}

/** The date so many days after another. */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * dayMs).toISOString().slice(0, 10);
}

/** What the server is asked for: dates are the start of their day in the account's zone, `to` is not part of it. */
export type Asked = { from?: string; to?: string };

/** A range of the address as the server wants it. Named ranges count back from today in the account's zone. */
export function askedFor(range: Range, zone: string, now: number): Asked {
  if (range.from || range.to) {
    const to = range.to ? { to: addDays(range.to, 1) } : {};
    return range.from ? { from: range.from, ...to } : to;
  }
  const name = range.range ?? usual;
  return name === usual ? {} : { from: addDays(dayIn(zone, now), 1 - presets[name]) };
}

/** A date for people: "9 Mar", with the year where it is not this one. */
export function dayWords(day: string, year?: string): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", timeZone: "UTC" };
  if (!year || !day.startsWith(year)) options.year = "numeric";
  return new Intl.DateTimeFormat("en-GB", options).format(Date.parse(`${day}T00:00:00Z`));
}

/** The first and the last day of what was counted. */
export function spanOfDays({ from, to, timezone }: { from: string; to: string; timezone: string }): string {
  const first = dayIn(timezone, Date.parse(from));
  const last = dayIn(timezone, Date.parse(to) - 1);
  return first === last ? dayWords(first) : `${dayWords(first)} to ${dayWords(last)}`;
}
