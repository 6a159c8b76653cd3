import type { Schemas } from "@/api";

export type Verdict = Schemas["Verdict"];
export type VerdictName = Verdict["verdict"];

export const verdictNames = [
  "enrolled",
  "advanced",
  "exited",
  "filtered",
  "passed",
  "reentry",
  "capped",
  "paused",
  "loop",
  "duplicate",
  "ignored",
] as const satisfies VerdictName[];

const meaning: Record<VerdictName, string> = {
  enrolled: "The contact was enrolled.",
  advanced: "An enrollment that waited for it went on.",
  exited: "It ended an enrollment.",
  filtered: "The conditions did not hold, so nothing happened.",
  passed: "It was offered to a wait, but another event or the timeout won.",
  reentry: "The contact was not enrolled again.",
  capped: "The contact was enrolled and waits at the start, because the workflow is full.",
  paused: "The contact was enrolled and waits at the start, because the workflow is paused.",
  loop: "Nobody was enrolled: workflows were starting each other in a circle.",
  duplicate: "It was posted again under the same id. The first one counts.",
  ignored: "No active workflow names this type of event.",
};

const because: Record<string, string> = {
  active: "The contact is inside already.",
  once: "The contact was here before, and may enter once only.",
  cooldown: "The last start was too recent.",
  suppressed: "The workflow's suppress condition holds for the contact.",
  correlation_missing: "The event has no value for the correlation path.",
  not_active: "The workflow takes nobody in.",
  not_enrolled: "Only an exit or a wait names it, and the contact was not inside.",
  no_open_wait: "No wait for it was open when it came. A later one may take it.",
};

/** What became of an event in a workflow, and why, in words. */
export function verdictWords({ verdict, reason }: Pick<Verdict, "verdict" | "reason">): string {
  const why = reason ? (because[reason] ?? `Reason: ${reason.replaceAll("_", " ")}.`) : "";
  // Without conditions there is none that did not hold.
  const what = verdict === "filtered" && reason ? "Nothing happened." : meaning[verdict];
  return [what, why].filter(Boolean).join(" ");
}
