import { spanWords } from "../words";
import type { Preview } from "./batch";

const units: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
/** The pace of a job that names none. */
const usualRate = "50/1s";

/** How many milliseconds a pace like 100/1m takes for a number of enrollments; null when it is none. */
export function timeFor(count: number, rate: string): number | null {
  const [, n, span, unit = ""] = rate.trim().match(/^(\d+)\/(\d+)([smhdw])$/) ?? [];
  if (!Number(n) || !Number(span)) return null;
  return (count * 1_000 * Number(span) * (units[unit] ?? 0)) / Number(n);
}

/** How long a job takes at a pace: "It takes about 2 h." */
export function paceWords(count: number, rate: string): string {
  const ms = timeFor(count, rate.trim() || usualRate);
  if (ms === null) return "A count in a length of time: 100/1m.";
  const usual = rate.trim() === "" ? "Empty: 50 a second. " : "";
  if (ms <= 2_000) return `${usual}It takes a moment.`;
  return `${usual}It takes about ${spanWords(new Date(0).toISOString(), new Date(ms).toISOString())}.`;
}

const many = (n: number) => `${n.toLocaleString("en")} ${n === 1 ? "enrollment" : "enrollments"}`;

/** What an order would do, in one or two sentences. */
export function previewWords(p: Pick<Preview, "matched" | "examined" | "complete" | "allowed" | "refused">): string {
  if (p.matched === 0) return "Nobody is selected by this.";
  if (!p.complete) {
    const looked = `The first ${p.examined.toLocaleString("en")} of ${many(p.matched)} were looked at`;
    return `${looked}: it can be done for ${p.allowed.toLocaleString("en")}, and would be refused for ${p.refused.toLocaleString("en")}.`;
  }
  if (p.refused === 0)
    return p.allowed === 1 ? "It can be done for this one." : `It can be done for all ${many(p.allowed)}.`;
  const counts = `${p.allowed.toLocaleString("en")} of ${many(p.matched)}`;
  return `It can be done for ${counts}, and would be refused for ${p.refused.toLocaleString("en")}.`;
}
