import { percent } from "@/shared/percent";

/** A figure as it is shown: its text, or "—" with the reason why there is none. */
export type Shown = { text: string; why?: string };

export const none = (why: string): Shown => ({ text: "—", why });

const upTo = (digits: number) => new Intl.NumberFormat("en", { maximumFractionDigits: digits });

export const number = (n: number, digits = 0): string => upTo(digits).format(n);

export const count = (n: number): Shown => ({ text: number(n) });

export const share = (rate: number | null, why: string): Shown => (rate === null ? none(why) : { text: percent(rate) });

const units: [seconds: number, unit: string][] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** A length of time, two units at most: "50 ms", "2.5 s", "2 min 5 s", "1 d 3 h". */
export function lengthWords(seconds: number): string {
  if (seconds < 0.9995) return seconds === 0 ? "0 s" : `${number(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${number(seconds, seconds < 10 ? 2 : 1)} s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, unit] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

export const length = (seconds: number | null, why: string): Shown =>
  seconds === null ? none(why) : { text: lengthWords(seconds) };

/** An amount in a currency; of one that the browser does not know, the code stands behind. */
export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
  } catch {
    return `${number(amount, 2)} ${currency}`.trim();
  }
}

export const pace = (n: number | null): Shown => (n === null ? none("the range lies ahead") : { text: number(n, 2) });

/** A count where there is little room: "999", "1.2k". */
export function short(n: number): string {
  return n < 1_000
    ? number(n)
    : new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(n).toLowerCase();
}
