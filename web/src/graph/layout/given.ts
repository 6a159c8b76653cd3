import type { Graph } from "../graph";
import { edgeKey } from "../ports";
import type { Draft } from "./nested";

/** Moves steps to the places that the definition gives; a step without one moves along with the one before it. */
export function moved(graph: Graph, draft: Draft): Draft {
  const given = graph.definition.layout;
  if (!given || Object.keys(given).length === 0) return draft;
  const shifts = new Map<string, { x: number; y: number }>();
  const none = { x: 0, y: 0 };
  for (const id of graph.order) {
    const rect = draft.steps.get(id);
    const place = given[id];
    if (!rect) continue;
    const own = place && { x: place.x - rect.x, y: place.y - rect.y };
    shifts.set(id, own ?? shifts.get(graph.idom.get(id) ?? "") ?? none);
  }
  const steps = new Map(
    [...draft.steps].map(([id, rect]) => {
      const { x, y } = shifts.get(id) ?? none;
      return [id, { ...rect, x: rect.x + x, y: rect.y + y }];
    }),
  );
  const columns = new Map(draft.columns);
  for (const [id, ports] of graph.ports) {
    for (const port of ports) {
      const middle = draft.columns.get(edgeKey(port));
      if (middle !== undefined) columns.set(edgeKey(port), middle + (shifts.get(id)?.x ?? 0));
    }
  }
  return { steps, columns };
}
