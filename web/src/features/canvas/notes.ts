import type { Graph } from "@/graph";

const none: ReadonlySet<string> = new Set();

/** The steps beside which there is a note, and the one whose first note is being written. */
export function notedSteps(graph: Graph, shown: boolean, writing: string | null): ReadonlySet<string> {
  const noted = graph.order.filter((id) => (shown && graph.nodes[id]?.note) || id === writing);
  return noted.length > 0 ? new Set(noted) : none;
}
