import dagre from "@dagrejs/dagre";
import { edgesOf, type Graph } from "../graph";
import { START } from "../ports";
import type { Draft } from "./nested";
import type { Rect } from "./routes";
import { size } from "./size";

/** Lays out a graph whose branches cross. The middle of the start comes to x = 0, its top to y = 0. */
export function dagreLayout(graph: Graph): Draft {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "TB", nodesep: size.beside, ranksep: size.fork, edgesep: size.lane });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const id of graph.order) drawing.setNode(id, { ...size.step });
  for (const { from, port, to } of edgesOf(graph)) if (from !== START) drawing.setEdge(from, to, {}, port);
  dagre.layout(drawing);
  const middle = (id: string) => drawing.node(id) as { x: number; y: number };
  const first = middle(graph.roots[0] ?? "");
  const { width, height } = size.step;
  const steps = new Map<string, Rect>(
    graph.order.map((id) => {
      const { x, y } = middle(id);
      return [id, { x: Math.round(x - first.x - width / 2), y: Math.round(y - first.y), width, height }];
    }),
  );
  return { steps, columns: new Map() };
}
