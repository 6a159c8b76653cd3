import type { Overlay, StepState } from "@/features/canvas";
import type { Passage } from "./passage";

/** A status of a step as the canvas knows it. */
const states: Record<string, StepState> = {
  running: "active",
  waiting: "waiting",
  held: "held",
  done: "done",
  failed: "failed",
  unknown: "unknown",
  dropped: "dropped",
  suppressed: "suppressed",
  skipped: "skipped",
  exited: "exited",
  canceled: "canceled",
};

/** The path of a passage with figures over it: how its steps stood, and what is counted at each. */
export function withFigures(path: Overlay, figures: Overlay): Overlay {
  const nodes = { ...figures.nodes };
  for (const [id, step] of Object.entries(path.nodes)) {
    const label = [step.label, nodes[id]?.label].filter(Boolean).join("; ");
    nodes[id] = { ...nodes[id], ...step, ...(label && { label }) };
  }
  return { ...figures, nodes, edges: path.edges, dim: false };
}

/** What the canvas shows of a passage; labels are a few words on a card, by node. */
export function overlayOf(passage: Passage, labels: Readonly<Record<string, string>> = {}): Overlay {
  const nodes = Object.entries(passage.nodes).map(([id, { status, visits }]) => {
    const state = states[status];
    const label = labels[id];
    return [id, { ...(state ? { state } : {}), ...(label ? { label } : {}), ...(visits > 1 ? { count: visits } : {}) }];
  });
  return { nodes: Object.fromEntries(nodes), edges: new Set(passage.edges), dim: true };
}
