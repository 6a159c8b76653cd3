import type { Graph } from "../graph";
import type { Slot } from "../ports";
import { type Tree, treeOf } from "../tree";
import { moved } from "./given";
import { nested } from "./nested";
import { type Point, type Rect, type Route, routed, triggerKey } from "./routes";
import { size } from "./size";

export type { Point, Rect, Route };
export { size, triggerKey };

/** Everything at its place, in pixels at 100 %; the middle of the start is at x = 0, its top at y = 0. */
export type Layout = {
  readonly steps: ReadonlyMap<string, Rect>;
  /** Room for notes, by step. */
  readonly notes: ReadonlyMap<string, Rect>;
  readonly triggers: ReadonlyMap<string, Rect>;
  /** Where a trigger is added. */
  readonly addTrigger: Rect;
  readonly exits: Rect;
  /** Where open ways end. */
  readonly caps: ReadonlyMap<string, { readonly slot: Slot; readonly at: Point }>;
  /** By key of the edge or open slot; those of triggers have the keys `trigger:id`. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly bounds: Rect;
};

const made = new WeakMap<Graph, { noted: string; layout: Layout }>();
const none: ReadonlySet<string> = new Set();

/** Lays a graph out, with room beside the steps that are noted. The same always gives the same places. */
export function layoutOf(graph: Graph, noted = none): Layout {
  const names = [...noted].sort().join(" ");
  const known = made.get(graph);
  if (known?.noted === names) return known.layout;
  const layout = lay(graph, treeOf(graph), noted);
  made.set(graph, { noted: names, layout });
  return layout;
}

function lay(graph: Graph, tree: Tree, noted: ReadonlySet<string>): Layout {
  const draft = moved(graph, nested(graph, tree, noted));
  const notes = notesBeside(draft.steps, noted);
  const top = topRow(graph);
  const { routes, caps } = routed(graph, tree, draft, top.triggers, notes);
  const rects = [...draft.steps.values(), ...notes.values(), ...top.triggers.values(), top.addTrigger, top.exits];
  const points = [...routes.values()].flatMap((route) => route.points);
  return { steps: draft.steps, notes, ...top, caps, routes, bounds: around(rects, points) };
}

function notesBeside(steps: ReadonlyMap<string, Rect>, noted: ReadonlySet<string>): Map<string, Rect> {
  const { width, height, gap } = size.note;
  const notes = new Map<string, Rect>();
  for (const [id, rect] of steps) {
    if (noted.has(id)) notes.set(id, { x: rect.x + rect.width + gap, y: rect.y, width, height });
  }
  return notes;
}

/** The triggers stand side by side over the start, the exits right of them. */
function topRow(graph: Graph) {
  const { width, height, gap, above } = size.trigger;
  const ids = (graph.definition.triggers ?? []).map((trigger) => trigger.id);
  const count = Math.max(1, ids.length);
  const left = -((count * width + (count - 1) * gap) / 2);
  const y = -above - height;
  const rect = (i: number): Rect => ({ x: left + i * (width + gap), y, width, height });
  const triggers = new Map(ids.map((id, i) => [id, rect(i)]));
  const right = left + count * (width + gap);
  const addTrigger = ids.length === 0 ? rect(0) : { x: right, y, width: size.add.width, height };
  const after = ids.length === 0 ? right : addTrigger.x + addTrigger.width + gap;
  return { triggers, addTrigger, exits: { x: after, y, width: size.exits.width, height } };
}

function around(rects: readonly Rect[], points: readonly Point[]): Rect {
  const corners = rects.map((rect) => ({ x: rect.x + rect.width, y: rect.y + rect.height }));
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (const { x, y } of [...rects, ...corners, ...points]) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
