import { ENTRY, edgeKey, type Graph } from "@/graph";
import { percent } from "@/shared/percent";
import { number } from "./format";
import type { Analytics, NodeFigures } from "./queries";

/** How many went a way, and what part that is of those who came to the step that it leaves. */
export type WayFigures = { count: number; share: number | null };

/** The figures of what is drawn, and the steps with figures that are not drawn: those of other versions. */
export type CanvasFigures = {
  nodes: Record<string, NodeFigures>;
  /** By edgeKey. */
  ways: Record<string, WayFigures>;
  /** The step where the greatest part is lost, when it is drawn. */
  worst: string | null;
  elsewhere: NodeFigures[];
};

/** Puts the figures of steps and ports to the steps and ways of a drawing. */
export function onCanvas(a: Analytics, graph: Graph): CanvasFigures {
  const drawn = (id: string) => Object.hasOwn(graph.nodes, id);
  const nodes = Object.fromEntries(a.nodes.filter((n) => drawn(n.node)).map((n) => [n.node, n]));
  const ways: Record<string, WayFigures> = { [edgeKey(ENTRY)]: { count: a.enrolled, share: null } };
  for (const [id, ports] of graph.ports) {
    const figures = nodes[id];
    if (!figures) continue;
    for (const port of ports) {
      const count = figures.ports[port.port] ?? 0;
      const share = figures.entries === 0 ? null : count / figures.entries;
      // A way that leads nowhere yet and that nobody took is not worth a number.
      if (count > 0 || !port.quiet) ways[edgeKey(port)] = { count, share };
    }
  }
  const elsewhere = a.nodes.filter((n) => !drawn(n.node) && (n.entries > 0 || n.active_now > 0));
  const worst = a.drop_off && drawn(a.drop_off.node) ? a.drop_off.node : null;
  return { nodes, ways, worst, elsewhere };
}

/** The figures of a step for who has them read out: "11 entered, 3 here now, 5 done, 3 lost here". */
export function stepFigureWords(n: NodeFigures, worst: boolean): string {
  const words = [
    `${number(n.entries)} entered`,
    n.active_now > 0 && `${number(n.active_now)} here now`,
    `${number(n.done)} done`,
    n.failed > 0 && `${number(n.failed)} failed`,
    n.lost > 0 && `${number(n.lost)} lost here`,
    worst && "the greatest drop-off",
  ];
  return words.filter(Boolean).join(", ");
}

/** What stands on a way: "36 · 90 %". */
export function wayWords({ count, share }: WayFigures): string {
  return share === null ? number(count) : `${number(count)} · ${percent(share)}`;
}
