import type { Filter } from "@/features/enrollments/filter";
import type { Analytics } from "./queries";

/** Whom a count means, in words of the figures. */
export type Who =
  | { what: "entered" | "done" | "failed"; node: string }
  | { what: "here" | "lost"; node: string }
  | { what: "left"; node: string; port: string };

/** The filter of the explorer that shows whom a count means: of the same version and start. */
export function peopleOf(a: Pick<Analytics, "workflow" | "version" | "from" | "to">, who: Who): Filter {
  const base: Filter = { workflow: a.workflow, test: false, ...(a.version && { version: a.version }) };
  // Who stands here now is counted whenever he started.
  if (who.what === "here") return { ...base, node: who.node, active: true };
  const started = { ...base, started_from: a.from, started_to: a.to };
  switch (who.what) {
    case "lost":
      return { ...started, node: who.node, success: false };
    case "left":
      return { ...started, step: who.node, step_port: who.port };
    case "entered":
      return { ...started, step: who.node };
    default:
      return { ...started, step: who.node, step_status: who.what };
  }
}
