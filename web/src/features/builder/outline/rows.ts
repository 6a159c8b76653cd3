import {
  type Block,
  blockOf,
  branches,
  type Definition,
  ENTRY,
  firstPort,
  type Gap,
  type Graph,
  graphOf,
  meetingOf,
  nodesOf,
  type Slot,
  type Specs,
  targetOf,
} from "@/graph";

/** One line of the outline. `meeting` is the place behind its ways out where they come together. */
export type Row =
  | { kind: "step"; id: string; number: number; ways: Way[]; meeting: Gap | undefined }
  /** The passage goes on at a step that stands elsewhere: a join, or a way back. */
  | { kind: "jump"; to: string }
  | { kind: "end" };

/** The rows of one way out, and the place at which it begins. */
export type Way = { slot: Slot; rows: Row[] };

/** The workflow as nested lists: the main way, and apart from it what nothing leads to. */
export type Tree = { main: Way; islands: Way[]; count: number };

export function outlineOf(definition: Definition, specs: Specs): Tree {
  const graph = graphOf(definition, specs);
  const walk = new Walk(graph);
  const main = { slot: ENTRY, rows: walk.from(targetOf(definition, specs, ENTRY), undefined) };
  const islands = graph.roots
    .filter((id) => !graph.reachable.has(id))
    .map((id) => ({ slot: { from: "", port: "" }, rows: walk.from(id, undefined) }));
  return { main, islands, count: graph.order.length };
}

class Walk {
  private readonly seen = new Set<string>();
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(private readonly graph: Graph) {
    this.numbers = new Map(graph.order.map((id, i) => [id, i + 1]));
  }

  /** The rows from a step on, up to `stop`, where what stands around goes on. */
  from(start: string | undefined, stop: string | undefined): Row[] {
    const rows: Row[] = [];
    for (let id = start; ; ) {
      if (id === undefined) return [...rows, { kind: "end" }];
      if (id === stop) return rows;
      if (this.seen.has(id)) return [...rows, { kind: "jump", to: id }];
      this.seen.add(id);
      const block = blockOf(this.graph, id);
      const nested = branches(this.graph, id) || this.mainless(id);
      rows.push({
        kind: "step",
        id,
        number: this.numbers.get(id) ?? 0,
        ways: nested ? this.ways(id, block) : [],
        meeting: meetingOf(this.graph, block),
      });
      if (nested) {
        if (block.join === undefined) return rows;
        id = block.join;
      } else {
        const port = this.mainPort(id);
        if (port === undefined) return rows;
        id = this.graph.ports.get(id)?.find((p) => p.port === port)?.to;
      }
    }
  }

  private ways(id: string, block: Block): Way[] {
    const ports = (this.graph.ports.get(id) ?? []).filter((port) => !port.quiet);
    return ports.map(({ from, port, to }) => ({ slot: { from, port }, rows: this.from(to, block.join) }));
  }

  private mainPort(id: string): string | undefined {
    const node = this.graph.nodes[id];
    return node && firstPort(node, this.graph.specs);
  }

  private mainless(id: string): boolean {
    const node = this.graph.nodes[id];
    const ports = this.graph.ports.get(id) ?? [];
    return node !== undefined && this.graph.specs.get(node.type)?.main_port === "" && ports.length > 0;
  }
}

/** The ids of the steps in the order in which they are read. */
export function stepsOf(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => (row.kind === "step" ? [row.id, ...row.ways.flatMap((way) => stepsOf(way.rows))] : []));
}

/** The gaps of a way: before each row, and behind the last one. Null: nothing goes on there. */
export function gapsOf(way: Way, definition: Definition, specs: Specs): (Gap | null)[] {
  const first = way.slot.from === "" ? null : { slot: way.slot, also: [] };
  return [first, ...way.rows.map((row) => behind(row, definition, specs))];
}

function behind(row: Row, definition: Definition, specs: Specs): Gap | null {
  if (row.kind !== "step") return null;
  if (row.ways.length > 0) return row.meeting ?? null;
  const node = nodesOf(definition)[row.id];
  const port = node && firstPort(node, specs);
  return port ? { slot: { from: row.id, port }, also: [] } : null;
}
