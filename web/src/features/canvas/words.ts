import { type Graph, type NodeSpec, type Place, placesOf } from "@/graph";
import type { StepOverlay, StepState } from "./types";

const states: Record<StepState, string> = {
  done: "Done",
  active: "Running",
  waiting: "Waiting",
  failed: "Failed",
  held: "Held",
  skipped: "Skipped",
  suppressed: "Suppressed",
  dropped: "Dropped",
  unknown: "Outcome unknown",
  exited: "Exited here",
  canceled: "Canceled",
  untested: "Not tested",
  partly: "Tested in part",
  expected: "Expected",
  diverged: "The path diverged",
};

/** The word for a state. */
export function stateWord(state: StepState): string {
  return states[state] ?? state;
}

/** The title of a step: its own name, else that of its type. */
export function titleOf(graph: Graph, id: string): string {
  const node = graph.nodes[id];
  return node?.name || graph.specs.get(node?.type ?? "")?.title || node?.type || id;
}

type Said = {
  place?: Place;
  spec?: NodeSpec;
  type: string;
  name?: string;
  summary?: string;
  note?: string;
  disabled: boolean;
  problems: number;
  overlay?: StepOverlay;
  reachable: boolean;
};

/** "Step 3 of 8, Send email Welcome, incomplete, branch Yes". */
export function stepWords(said: Said): string {
  const { place, spec, type, name, summary, overlay } = said;
  const words = [
    place && `Step ${place.number} of ${place.of}`,
    [spec?.title ?? type, name].filter(Boolean).join(" "),
    overlay?.label ?? summary,
    said.disabled && "disabled",
    said.problems > 0 && "incomplete",
    !said.reachable && "nothing leads here",
    overlay?.state && stateWord(overlay.state).toLowerCase(),
    overlay?.count !== undefined && String(overlay.count),
    place?.branch && `branch ${place.branch.port}`,
    said.note && `note: ${said.note}`,
  ];
  return words.filter(Boolean).join(", ");
}

/** "Insert a step after Welcome, branch yes". */
export function slotWords(graph: Graph, from: string, port: string): string {
  if (!graph.nodes[from]) return "Insert a step at the start";
  const ways = (graph.ports.get(from) ?? []).filter((one) => !one.quiet);
  const branch = ways.length > 1 ? `, branch ${port}` : "";
  return `Insert a step after ${titleOf(graph, from)}${branch}`;
}

/** What changed between two graphs, in a sentence for screen readers; empty when no step came or went. */
export function changeWords(before: Graph, after: Graph): string {
  const came = after.order.filter((id) => !before.nodes[id]);
  const went = before.order.filter((id) => !after.nodes[id]);
  const list = (graph: Graph, ids: readonly string[]) =>
    ids.length === 1 ? titleOf(graph, ids[0] ?? "") : `${ids.length} steps`;
  const words = [
    came.length > 0 && `${list(after, came)} added`,
    came.length === 1 && place(after, came[0] ?? ""),
    went.length > 0 && `${list(before, went)} removed`,
  ];
  return words.filter(Boolean).join(", ");
}

function place(graph: Graph, id: string): string {
  const at = placesOf(graph).get(id);
  return at ? `step ${at.number} of ${at.of}` : "";
}
