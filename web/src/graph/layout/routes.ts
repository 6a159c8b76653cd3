import type { Graph, Port } from "../graph";
import { ENTRY, edgeKey, type Slot, START } from "../ports";
import type { Tree } from "../tree";
import { Aside } from "./aside";
import type { Draft } from "./nested";
import { size } from "./size";

export type Point = { readonly x: number; readonly y: number };
export type Rect = Point & { readonly width: number; readonly height: number };

/** How an edge is drawn: along points, right-angled. */
export type Route = {
  readonly points: readonly Point[];
  /** The middle of the button that inserts. */
  readonly plus: Point;
  /** The middle of the port's name. */
  readonly label: Point;
  /** It leads elsewhere than to what follows below. */
  readonly jump: boolean;
};

type Caps = Map<string, { slot: Slot; at: Point }>;

const middleOf = (rect: Rect) => rect.x + rect.width / 2;
const bottomOf = (rect: Rect) => rect.y + rect.height;

/** Draws every edge, every open way and the ways of the triggers to the start. */
export function routed(
  graph: Graph,
  tree: Tree,
  draft: Draft,
  triggers: ReadonlyMap<string, Rect>,
  notes: ReadonlyMap<string, Rect>,
) {
  const routes = new Map<string, Route>();
  const caps: Caps = new Map();
  const jumps = new Set(tree.jumps.map(edgeKey));
  const aside = new Aside(draft.steps, notes);
  entry(graph, draft, triggers, routes, caps);
  for (const id of tree.order) {
    const ports = (graph.ports.get(id) ?? []).filter((port) => !port.quiet);
    const rect = draft.steps.get(id);
    if (!rect) continue;
    for (const [i, port] of ports.entries()) {
      const key = edgeKey(port);
      const spread = middleOf(rect) + (i - (ports.length - 1) / 2) * 32;
      const column = draft.columns.get(key) ?? (port.to === undefined ? spread : undefined);
      const target = port.to === undefined ? undefined : draft.steps.get(port.to);
      const route = target
        ? wired(rect, target, ports.length, jumps.has(key), column, aside)
        : open(rect, column, ports.length);
      routes.set(key, route);
      const end = route.points.at(-1);
      if (!target && end) caps.set(key, { slot: slotOnly(port), at: end });
    }
  }
  return { routes, caps };
}

/** The key of a trigger's way to the start. */
export function triggerKey(id: string): string {
  return edgeKey({ from: "trigger", port: id });
}

const slotOnly = ({ from, port }: Port): Slot => ({ from, port });

/** The triggers meet above the start; without a start they meet where it will be. */
function entry(
  graph: Graph,
  draft: Draft,
  triggers: ReadonlyMap<string, Rect>,
  routes: Map<string, Route>,
  caps: Caps,
): void {
  const start = graph.roots[0] !== undefined && graph.reachable.has(graph.roots[0]) ? graph.roots[0] : undefined;
  const rect = start === undefined ? undefined : draft.steps.get(start);
  const to = rect ? { x: middleOf(rect), y: rect.y } : { x: 0, y: 0 };
  const from = { x: 0, y: -size.trigger.above };
  const meet = from.y + size.bus;
  for (const [id, card] of triggers) {
    const points = straightened([
      { x: middleOf(card), y: bottomOf(card) },
      { x: middleOf(card), y: meet },
      { x: 0, y: meet },
    ]);
    routes.set(triggerKey(id), { points, plus: from, label: from, jump: false });
  }
  const down = { x: 0, y: meet };
  const plus = rect ? { x: to.x, y: to.y - 22 } : to;
  const begin = triggers.size > 0 ? down : from;
  routes.set(edgeKey(ENTRY), { points: bent(begin, to), plus, label: plus, jump: false });
  if (!rect) caps.set(edgeKey(ENTRY), { slot: { from: START, port: ENTRY.port }, at: to });
}

function wired(from: Rect, to: Rect, ways: number, jump: boolean, column: number | undefined, aside: Aside): Route {
  const a = { x: middleOf(from), y: bottomOf(from) };
  const b = { x: middleOf(to), y: to.y };
  const out = a.y + size.bus;
  const x = column ?? a.x;
  const marks =
    ways > 1 ? { label: { x, y: out + 20 }, plus: { x, y: out + 48 } } : { label: a, plus: { x: a.x, y: out + 4 } };
  if (jump || b.y < a.y + 2 * size.bus) {
    const [side, edge] = aside.pick(from, to, x);
    const y = b.y + to.height / 2;
    const low = ways > 1 ? out + 72 : out + 12;
    const lane = [
      { x, y: out },
      { x, y: low },
      { x: side, y: low },
      { x: side, y },
      { x: edge, y },
    ];
    return { points: straightened([a, { x: a.x, y: out }, ...lane]), ...marks, jump: true };
  }
  const into = b.y - size.bus;
  const straight = ways === 1 && a.x === b.x;
  const points = straight
    ? [a, b]
    : [a, { x: a.x, y: out }, { x: column ?? b.x, y: out }, { x: column ?? b.x, y: into }, { x: b.x, y: into }, b];
  if (ways > 1 && column === undefined) {
    return { points: straightened(points), label: { x: b.x, y: out + 20 }, plus: { x: b.x, y: out + 48 }, jump };
  }
  const plus = straight ? { x: a.x, y: (a.y + b.y) / 2 } : marks.plus;
  return { points: straightened(points), ...marks, plus, jump };
}

function open(from: Rect, column: number | undefined, ways: number): Route {
  const a = { x: middleOf(from), y: bottomOf(from) };
  if (ways === 1) {
    const end = { x: a.x, y: a.y + size.cap };
    return { points: [a, end], plus: end, label: a, jump: false };
  }
  const x = column ?? a.x;
  const out = a.y + size.bus;
  const end = { x, y: out + 52 };
  return {
    points: straightened([a, { x: a.x, y: out }, { x, y: out }, end]),
    plus: end,
    label: { x, y: out + 20 },
    jump: false,
  };
}

function bent(a: Point, b: Point): Point[] {
  const y = b.y - size.bus;
  return straightened([a, { x: a.x, y }, { x: b.x, y }, b]);
}

/** The points without those that lie on a straight line between their neighbours. */
function straightened(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [before, last] = [kept.at(-2), kept.at(-1)];
    if (last && last.x === point.x && last.y === point.y) continue;
    const upright = before?.x === last?.x && last?.x === point.x;
    const level = before?.y === last?.y && last?.y === point.y;
    if (before && (upright || level)) kept.pop();
    kept.push(point);
  }
  return kept;
}
