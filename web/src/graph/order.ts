import type { Graph } from "./graph";
import { type Item, treeOf } from "./tree";

/** Where a step stands among the others; what arrow keys and names for screen readers need. */
export type Place = {
  /** 1 for the first step. */
  readonly number: number;
  readonly of: number;
  /** How many branches it is inside of. */
  readonly depth: number;
  /** The step that branches around it and the port of the branch. */
  readonly branch?: { readonly from: string; readonly port: string };
  readonly up?: string;
  readonly down?: string;
  /** The nearest step of the branch beside it. */
  readonly left?: string;
  readonly right?: string;
};

type Writable = { -readonly [K in keyof Place]: Place[K] };

const made = new WeakMap<Graph, ReadonlyMap<string, Place>>();

/** All step ids in reading order. */
export function stepOrder(graph: Graph): readonly string[] {
  return treeOf(graph).order;
}

/** The place of every step. */
export function placesOf(graph: Graph): ReadonlyMap<string, Place> {
  const known = made.get(graph);
  if (known) return known;
  const tree = treeOf(graph);
  const places = new Map<string, Writable>();
  for (const [i, id] of tree.order.entries()) places.set(id, { number: i + 1, of: tree.order.length, depth: 0 });
  const lists = [tree.main, ...tree.islands].filter((list) => list.length > 0);
  for (const list of lists) settle(graph, places, list, {});
  beside(places, lists);
  made.set(graph, places);
  return places;
}

type Around = Pick<Place, "branch" | "left" | "right" | "up"> & { depth?: number };

function settle(graph: Graph, places: Map<string, Writable>, list: readonly Item[], around: Around): void {
  for (const [i, item] of list.entries()) {
    const place = places.get(item.id);
    if (!place) continue;
    Object.assign(place, { ...around, depth: around.depth ?? 0, up: i === 0 ? around.up : list[i - 1]?.id });
    place.down = (graph.ports.get(item.id) ?? []).find((port) => port.to !== undefined)?.to ?? list[i + 1]?.id;
    if (!item.forks) continue;
    const heads = item.ways.map((way) => way.items[0]?.id);
    for (const [at, way] of item.ways.entries()) {
      settle(graph, places, way.items, {
        branch: { from: item.id, port: way.port.port },
        depth: (around.depth ?? 0) + 1,
        up: item.id,
        left: heads.slice(0, at).findLast((id) => id !== undefined) ?? around.left,
        right: heads.slice(at + 1).find((id) => id !== undefined) ?? around.right,
      });
    }
  }
}

/** Lists that stand beside each other are neighbours, too. */
function beside(places: Map<string, Writable>, lists: readonly (readonly Item[])[]): void {
  for (const [i, list] of lists.entries()) {
    for (const { id } of list) {
      const place = places.get(id);
      if (!place) continue;
      place.left ??= lists[i - 1]?.[0]?.id;
      place.right ??= lists[i + 1]?.[0]?.id;
    }
  }
}
