import type { Schemas } from "@/api";
import { type Definition, ENTRY, edgeKey, triggerKey } from "@/graph";

export type Step = Schemas["Step"];

/** What is drawn of a passage: the state of every step that was visited, and the ways that were taken. */
export type Passage = {
  /** Status of the last visit, and how many there were, by node id. */
  nodes: Record<string, { status: string; visits: number }>;
  /** Keys of the edges that were travelled. */
  edges: string[];
  /** Where it is now; null when it has ended or nothing is open. */
  active: string | null;
};

export type Visited = Pick<Step, "node" | "port"> & { status: string; open?: boolean };

/** Reads the path out of visits in their order, from the trigger that enrolled. */
export function passageOf(visits: readonly Visited[], trigger: string | null = null): Passage {
  const nodes: Passage["nodes"] = {};
  const edges = new Set<string>();
  if (trigger !== null) edges.add(triggerKey(trigger));
  if (visits.length > 0) edges.add(edgeKey(ENTRY));
  let active: string | null = null;
  for (const { node, status, port, open } of visits) {
    nodes[node] = { status, visits: (nodes[node]?.visits ?? 0) + 1 };
    if (port) edges.add(edgeKey({ from: node, port }));
    if (open) active = node;
  }
  return { nodes, edges: [...edges], active };
}

/** The passage of an enrollment. */
export const passageOfSteps = (steps: readonly Step[], trigger: string | null = null): Passage =>
  passageOf(
    steps.map((s) => ({ node: s.node, status: s.status, port: s.port, open: s.left_at === null })),
    trigger,
  );

/** The settings with which a node was drawn; they are what a step began with. */
export function settingsOf(definition: Definition, node: string): Record<string, unknown> | undefined {
  return definition.nodes?.[node]?.with;
}
