import { localTime } from "@/shared";
import type { Enrollment } from "./filter";

const endings: Record<string, string> = {
  operator: "ended by an operator",
  restarted: "a new start took its place",
  undo: "another workflow undid it",
  merged: "the contact was merged into another",
  erased: "the contact was erased",
  runaway: "it went round in a circle too often",
  step_failed: "a step failed",
  terminated_in_temporal: "somebody ended its run in Temporal",
};

/** A reason code as people say it. */
export const reasonWords = (reason: string) => endings[reason] ?? reason.replaceAll("_", " ");

/** Why a step ended as it did, as people say it. */
export const stepReasonWords = (reason: string) =>
  reason === "operator" ? "decided by an operator" : reason.replaceAll("_", " ");

/** Where an enrollment is, or how it ended: "waiting at Remind until Mon 9 Mar 2026 09:00 (Europe/Berlin)". */
export function whereWords(e: Enrollment, now: number = Date.now()): string {
  return placeWords(e, now) + (e.moving_to ? `, on its way to version ${e.moving_to}` : "");
}

function placeWords(e: Enrollment, now: number): string {
  const at = e.node ? ` at ${e.title ?? e.node}` : "";
  if (e.ended_at) {
    const outcome = e.outcome ? `, outcome ${e.outcome}` : "";
    const reason = e.reason ? `: ${reasonWords(e.reason)}` : "";
    return `${e.status}${at}${outcome}${reason}`;
  }
  if (e.wedged) return `cannot go on${at}: ${e.wedged.cause}`;
  if (!e.node) return e.reason === "capped" ? "waiting at the start for room" : `${e.status} at the start`;
  const reason = e.reason ? ` (${reasonWords(e.reason)})` : "";
  if (e.status === "held") return `held${at}${reason}`;
  if (!e.due_at) return e.status === "waiting" ? `waiting${at} without end${reason}` : `${e.status}${at}${reason}`;
  const overdue = Date.parse(e.due_at) < now;
  return `${e.status}${at} ${overdue ? "since due on" : "until"} ${localTime(e.due_at, e.timezone)}${reason}`;
}

/** How long something took: "3 s", "2 h 5 min", "4 d 3 h". */
export function spanWords(from: string, to: string): string {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  if (ms < 1_000) return `${ms} ms`;
  const units: [number, string][] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  let rest = Math.round(ms / 1_000);
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
