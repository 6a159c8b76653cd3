import type { Graph } from "../graph";
import { edgeKey } from "../ports";
import type { Branch, Item, Tree } from "../tree";
import type { Rect } from "./routes";
import { size } from "./size";

/** Where the steps are, and in the middle of which column each way out runs. */
export type Draft = { readonly steps: Map<string, Rect>; readonly columns: Map<string, number> };

/** How far a list reaches left and right of its middle, and down. */
type Extent = { readonly left: number; readonly right: number; readonly height: number };

/**
 * Draws the nested list: branches side by side, joins under the middle of the step that branched. Right of each of
 * `noted` there is room for a note.
 */
export function nested(graph: Graph, tree: Tree, noted: ReadonlySet<string>): Draft {
  const artist = new Artist(noted);
  const main = artist.measure(tree.main);
  artist.place(tree.main, 0, 0);
  let right = Math.max(main.right, topRight(graph));
  for (const list of tree.islands) {
    const extent = artist.measure(list);
    artist.place(list, right + size.island + extent.left, 0);
    right += size.island + extent.left + extent.right;
  }
  return { steps: artist.steps, columns: artist.columns };
}

/** How far the row of triggers and exits reaches, which islands must not stand under. */
function topRight(graph: Graph): number {
  const count = graph.definition.triggers?.length ?? 0;
  return (count * (size.trigger.width + size.trigger.gap)) / 2;
}

/** Room for the end of an open way below a card. */
function endBelow(item: Item): number {
  return !item.forks && item.ways[0]?.leads === "end" ? size.cap : 0;
}

/** The way from a card, or its branches, to the next card of the list; more where it does not lead there. */
function gapBelow(item: Item): number {
  if (item.forks) return size.join;
  return item.ways[0]?.leads === "inside" ? size.below : endBelow(item) + size.join;
}

class Artist {
  readonly steps = new Map<string, Rect>();
  readonly columns = new Map<string, number>();
  constructor(private readonly noted: ReadonlySet<string>) {}
  private readonly lists = new Map<readonly Item[], Extent>();
  private readonly forks = new Map<Item, { middles: number[]; extent: Extent }>();

  measure(list: readonly Item[]): Extent {
    let [left, right, height] = [size.step.width / 2, size.step.width / 2, 0];
    for (const [i, item] of list.entries()) {
      height += size.step.height;
      if (this.noted.has(item.id)) right = Math.max(right, size.step.width / 2 + size.note.gap + size.note.width);
      if (item.forks) {
        const { extent } = this.fork(item);
        left = Math.max(left, extent.left);
        right = Math.max(right, extent.right);
        height += extent.height;
      }
      height += i < list.length - 1 ? gapBelow(item) : endBelow(item);
    }
    const extent = { left, right, height };
    this.lists.set(list, extent);
    return extent;
  }

  /** The middles of the branches from the middle of the step, and how far they reach together. */
  private fork(item: Item) {
    const extents = item.ways.map((way) => this.branch(way));
    const middles: number[] = [];
    let x = 0;
    for (const extent of extents) {
      middles.push(x + extent.left);
      x += extent.left + extent.right + size.beside;
    }
    const middle = ((middles[0] ?? 0) + (middles.at(-1) ?? 0)) / 2;
    const height = size.fork + Math.max(...extents.map((extent) => extent.height));
    const extent = { left: middle, right: x - size.beside - middle, height };
    const made = { middles: middles.map((at) => at - middle), extent };
    this.forks.set(item, made);
    return made;
  }

  private branch(way: Branch): Extent {
    if (way.items.length > 0) return this.measure(way.items);
    return { left: size.empty / 2, right: size.empty / 2, height: 0 };
  }

  place(list: readonly Item[], x: number, top: number): void {
    let y = top;
    for (const item of list) {
      const { width, height } = size.step;
      this.steps.set(item.id, { x: x - width / 2, y, width, height });
      y += height;
      const fork = item.forks ? this.forks.get(item) : undefined;
      for (const [i, way] of item.ways.entries()) {
        const middle = x + (fork?.middles[i] ?? 0);
        this.columns.set(edgeKey(way.port), middle);
        if (way.items.length > 0) this.place(way.items, middle, y + size.fork);
      }
      y += (fork?.extent.height ?? 0) + gapBelow(item);
    }
  }
}
