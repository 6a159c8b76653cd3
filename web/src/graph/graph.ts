import { type Definition, type NodeDef, nodesOf, type Specs } from "./definition";
import { dominators, reversePostorder } from "./dominators";
import { ENTRY, isQuiet, portsOf, type Slot, START, targetOf, wiringOf } from "./ports";

/** A wired slot. */
export type Edge = Slot & { readonly to: string };

/** One way out of a step. */
export type Port = Slot & {
  /** Where it leads; undefined: the passage ends here. */
  readonly to?: string;
  /** The wiring names a port that the step does not have (any more). */
  readonly stray: boolean;
  /** Not worth showing while nothing hangs on it. */
  readonly quiet: boolean;
};

/** What can be read off a definition; made once per definition. */
export type Graph = {
  readonly definition: Definition;
  readonly specs: Specs;
  readonly nodes: Readonly<Record<string, NodeDef>>;
  /** Reading order of all steps: a branch before the next branch, a join after what it joins, islands at the end. */
  readonly order: readonly string[];
  /** The ways out of each step, in order, stray ones last. */
  readonly ports: ReadonlyMap<string, readonly Port[]>;
  /** The edges into each step, the entry among them. */
  readonly incoming: ReadonlyMap<string, readonly Edge[]>;
  /** The first steps of what is drawn: the start, then one for each island. */
  readonly roots: readonly string[];
  /** Steps that a passage can come to. */
  readonly reachable: ReadonlySet<string>;
  /** The last step that every way to a step passes; START for roots and joins of islands. */
  readonly idom: ReadonlyMap<string, string>;
};

const made = new WeakMap<Definition, Graph>();

/** The graph of a definition. */
export function graphOf(definition: Definition, specs: Specs): Graph {
  const known = made.get(definition);
  if (known?.specs === specs) return known;
  const graph = build(definition, specs);
  made.set(definition, graph);
  return graph;
}

function build(definition: Definition, specs: Specs): Graph {
  const nodes = nodesOf(definition);
  const ports = new Map(Object.keys(nodes).map((id) => [id, portList(definition, specs, id)]));
  const after = (id: string) => (ports.get(id) ?? []).flatMap((port) => port.to ?? []);
  const start = targetOf(definition, specs, ENTRY);
  const reachable = new Set(start === undefined ? [] : reversePostorder(start, after));
  const roots = [...(start === undefined ? [] : [start]), ...islands(Object.keys(nodes), reachable, after)];
  const order = reversePostorder(START, (id) => (id === START ? roots : after(id)));
  const incoming = edgesInto(Object.keys(nodes), ports, start);
  const isRoot = new Set(roots);
  // What nobody comes to decides nothing about what people come to.
  const before = (id: string) => {
    const sources = (incoming.get(id) ?? []).map((edge) => edge.from);
    const counting = reachable.has(id) ? sources.filter((from) => reachable.has(from)) : sources;
    return isRoot.has(id) ? [START, ...counting] : counting;
  };
  const idom = dominators(order, before);
  return { definition, specs, nodes, order: order.slice(1), ports, incoming, roots, reachable, idom };
}

function portList(definition: Definition, specs: Specs, id: string): Port[] {
  const node = nodesOf(definition)[id];
  if (!node) return [];
  const spec = specs.get(node.type);
  const own = portsOf(node, specs);
  const stray = Object.keys(wiringOf(node, specs)).filter((port) => !own.includes(port));
  return [...own, ...stray].map((port) => {
    const to = targetOf(definition, specs, { from: id, port });
    return { from: id, port, to, stray: !own.includes(port), quiet: to === undefined && isQuiet(spec, port) };
  });
}

function edgesInto(ids: string[], ports: ReadonlyMap<string, readonly Port[]>, start?: string): Map<string, Edge[]> {
  const incoming = new Map<string, Edge[]>(ids.map((id) => [id, []]));
  if (start !== undefined) incoming.get(start)?.push({ ...ENTRY, to: start });
  for (const list of ports.values()) {
    for (const { from, port, to } of list) if (to !== undefined) incoming.get(to)?.push({ from, port, to });
  }
  return incoming;
}

/** The first steps of what no passage comes to: those that nothing leads to, then one of each remaining circle. */
function islands(ids: string[], reachable: ReadonlySet<string>, after: (id: string) => string[]): string[] {
  const left = ids.filter((id) => !reachable.has(id));
  const led = new Set(left.flatMap(after));
  const seen = new Set<string>();
  const heads: string[] = [];
  for (const id of [...left.filter((one) => !led.has(one)), ...left]) {
    if (seen.has(id)) continue;
    heads.push(id);
    for (const one of reversePostorder(id, after)) seen.add(one);
  }
  return heads;
}

/** The edges of a graph, the entry first. */
export function edgesOf(graph: Graph): Edge[] {
  const start = targetOf(graph.definition, graph.specs, ENTRY);
  const rest = graph.order.flatMap((id) =>
    (graph.ports.get(id) ?? []).flatMap((p) => (p.to ? [{ ...p, to: p.to }] : [])),
  );
  return start === undefined ? rest : [{ ...ENTRY, to: start }, ...rest];
}

/** Whether every way to `id` passes `over`; a step dominates itself. */
export function dominates(graph: Graph, over: string, id: string): boolean {
  for (let at: string | undefined = id; at !== undefined; at = graph.idom.get(at)) if (at === over) return true;
  return false;
}

/** Whether an edge leads back to a step that it comes from. */
export function isBack(graph: Graph, edge: Edge): boolean {
  return edge.from !== START && dominates(graph, edge.to, edge.from);
}
