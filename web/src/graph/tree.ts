import { type Graph, isBack, type Port } from "./graph";
import { START } from "./ports";

/** One way out of a step, with the steps that only it leads to. */
export type Branch = {
  readonly port: Port;
  readonly items: readonly Item[];
  /**
   * What the way does after its own steps, or at once when it has none: "inside" when they say it, "end" when
   * the passage ends, "join" when it goes on with what follows below, "jump" when it leads elsewhere.
   */
  readonly leads: "inside" | "end" | "join" | "jump";
};

/** A step as an outline shows it. */
export type Item = {
  readonly id: string;
  /** Its ways out in order. A single one is drawn straight on: its steps stand behind this one in the same list. */
  readonly ways: readonly Branch[];
  /** Whether the ways stand side by side. */
  readonly forks: boolean;
};

/** The steps as a nested list: branches as children, what joins them behind them. */
export type Tree = {
  /** The steps from the start. */
  readonly main: readonly Item[];
  /** Lists that nothing leads to. */
  readonly islands: readonly (readonly Item[])[];
  /** All ids in the order of the lists. */
  readonly order: readonly string[];
  /** Ways that lead elsewhere, ways back among them. */
  readonly jumps: readonly Port[];
};

const made = new WeakMap<Graph, Tree>();

/** The nested list of a graph; made once per graph. */
export function treeOf(graph: Graph): Tree {
  const known = made.get(graph);
  if (known) return known;
  const tree = new Grower(graph).grow();
  made.set(graph, tree);
  return tree;
}

class Grower {
  private readonly order: string[] = [];
  private readonly jumps: Port[] = [];
  private readonly joins = new Map<string, string[]>();

  constructor(private readonly graph: Graph) {
    for (const id of graph.order) {
      const over = graph.idom.get(id);
      if (over === undefined || this.owns(over, id)) continue;
      this.joins.set(over, [...(this.joins.get(over) ?? []), id]);
    }
  }

  grow(): Tree {
    const [first, ...rest] = this.graph.roots;
    const hasStart = first !== undefined && this.graph.reachable.has(first);
    const heads = [...(hasStart ? rest : this.graph.roots), ...(this.joins.get(START) ?? [])];
    const main = hasStart ? this.list(first, undefined) : [];
    const islands = heads.map((id) => this.list(id, undefined));
    return { main, islands, order: this.order, jumps: this.jumps };
  }

  /** Whether a step is drawn right behind the only step that leads to it. */
  private owns(over: string, id: string): boolean {
    if (this.graph.idom.get(id) !== over) return false;
    if (over === START) return this.graph.roots.includes(id);
    const forward = (this.graph.incoming.get(id) ?? []).filter((edge) => this.counts(edge.from, id));
    return forward.length === 1 && forward[0]?.from === over;
  }

  private counts(from: string, id: string): boolean {
    if (from === START) return true;
    const same = this.graph.reachable.has(from) === this.graph.reachable.has(id);
    return same && !isBack(this.graph, { from, port: "", to: id });
  }

  /** The list that begins with a step; `follow` is what stands below it. */
  private list(id: string, follow: string | undefined): Item[] {
    const items: Item[] = [];
    this.fill(items, id, follow);
    return items;
  }

  private fill(items: Item[], id: string, follow: string | undefined): void {
    for (let at: string | undefined = id; at !== undefined; ) {
      const here: string = at;
      this.order.push(here);
      const ports = (this.graph.ports.get(here) ?? []).filter((port) => !port.quiet);
      const joins = this.joins.get(here) ?? [];
      if (ports.length === 1 && ports[0]?.to !== undefined && this.owns(here, ports[0].to)) {
        items.push({ id: here, ways: [{ port: ports[0], items: [], leads: "inside" }], forks: false });
        at = ports[0].to;
        continue;
      }
      const ways = ports.map((port) => this.way(here, port, joins[0] ?? follow));
      items.push({ id: here, ways, forks: ways.length > 1 });
      for (const [i, join] of joins.entries()) this.fill(items, join, joins[i + 1] ?? follow);
      at = undefined;
    }
  }

  private way(id: string, port: Port, follow: string | undefined): Branch {
    if (port.to === undefined) return { port, items: [], leads: "end" };
    if (this.owns(id, port.to)) return { port, items: this.list(port.to, follow), leads: "inside" };
    if (port.to === follow) return { port, items: [], leads: "join" };
    this.jumps.push(port);
    return { port, items: [], leads: "jump" };
  }
}
