import { humanised } from "@/shared";
import type { Failure, Named } from "./queries";

const states: Record<string, string> = {
  held: "held",
  retrying: "being tried again",
  unknown: "of unknown outcome",
  failed: "over",
  wedged: "stuck",
  stopped: "stopped",
};

const n = (count: number) => count.toLocaleString("en");

/** How a group stands: "12 held, 3 over". */
export const stateWords = (of: Failure["states"]) =>
  Object.entries(of)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${n(count)} ${states[state] ?? state}`)
    .join(", ");

/** What the failures of a group happened to. */
export const nounOf = (kind: Failure["kind"], count: number) =>
  kind === "queue" ? (count === 1 ? "contact" : "contacts") : count === 1 ? "enrollment" : "enrollments";

/** A cause begins a sentence. */
export const sentence = (cause: string) => cause.slice(0, 1).toUpperCase() + cause.slice(1);

/** The key of a setting in a node, out of a pointer like /nodes/book/with/url; null for other pointers. */
export function settingOf(pointer: string): { node: string; setting: string } | null {
  const [, node, setting] = pointer.match(/^\/nodes\/([^/]+)\/with\/([^/]+)/) ?? [];
  return node && setting ? { node, setting } : null;
}

/** Where something that a failure names is mended, and how the way there is called; `to` null: outside of the page. */
export type Remedy = { to: string | null; words: string; hint?: string };

/** Where what a failure names is mended; settings are called as the form of their step calls them. */
export function remedyOf(
  { kind, name }: Named,
  group: Pick<Failure, "workflow" | "title" | "node">,
  labels: Record<string, string> = {},
): Remedy {
  switch (kind) {
    case "setting": {
      const at = settingOf(name);
      if (!at || !group.workflow) return { to: null, words: name };
      const to = `/workflows/${group.workflow}?step=${encodeURIComponent(at.node)}`;
      return { to, words: `“${labels[at.setting] ?? humanised(at.setting)}” of ${group.title ?? at.node}` };
    }
    case "secret":
      return { to: "/settings?tab=secrets", words: `Secret “${name}”` };
    case "data":
      if (name.startsWith("contact.")) {
        return { to: null, words: `Data “${name}”`, hint: "mend it at each contact below" };
      }
      return { to: null, words: `Data “${name}”`, hint: "it came with the event; look at it at each enrollment below" };
    case "program":
      return { to: null, words: name, hint: "a setting of the program: ask who runs it" };
  }
}

/** Why a group as a whole cannot be retried or skipped, or null. */
export function groupRefusal(action: "retry" | "skip", group: Pick<Failure, "kind" | "retry">): string | null {
  if (action === "skip" && group.kind === "queue")
    return "An event that was accepted is never dropped: mend it, then retry.";
  if (action === "skip" && group.kind === "wedged") return "The runs are stuck between steps: retry makes them anew.";
  if (group.retry.count === 0) return sentence(`${group.retry.advice}.`);
  return null;
}
