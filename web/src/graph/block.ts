import type { NodeDef } from "./definition";
import { dominators, reversePostorder } from "./dominators";
import { dominates, type Graph } from "./graph";
import { firstPort, type Slot } from "./ports";

/** A step with what belongs to it when it is moved or copied. */
export type Block = {
  readonly root: string;
  /** The root and, when it branches, the steps of its branches; in reading order. */
  readonly ids: readonly string[];
  /** The step at which the ways out of the block meet again. */
  readonly join?: string;
};

const END = "@end";

/** Whether a step has more than one way out that leads somewhere. */
export function branches(graph: Graph, id: string): boolean {
  return new Set((graph.ports.get(id) ?? []).flatMap((port) => port.to ?? [])).size > 1 || forced(graph, id);
}

/** A type without a main port branches also while only one of its ports is wired. */
function forced(graph: Graph, id: string): boolean {
  const node = graph.nodes[id];
  return node !== undefined && graph.specs.get(node.type)?.main_port === "" && wired(graph, id).length > 0;
}

function wired(graph: Graph, id: string): string[] {
  return (graph.ports.get(id) ?? []).flatMap((port) => port.to ?? []);
}

/** The step alone, or with the steps of its branches up to the one where they all meet again. */
export function blockOf(graph: Graph, id: string): Block {
  if (!branches(graph, id)) {
    const to = wired(graph, id)[0];
    return { root: id, ids: [id], join: to === id ? undefined : to };
  }
  const join = meeting(graph, id);
  const inside = new Set(
    reversePostorder(id, (one) => wired(graph, one).filter((to) => to !== join && dominates(graph, id, to))),
  );
  return { root: id, ids: graph.order.filter((one) => inside.has(one)), join };
}

/** The first step that every way from `id` comes to; open ports, save those of errors, are ways that end. */
function meeting(graph: Graph, id: string): string | undefined {
  const join = meetingPoints(graph).get(id);
  return join === END || join === id ? undefined : join;
}

const points = new WeakMap<Graph, ReadonlyMap<string, string>>();

/** For each step that leads to an end the next one that every way from it passes; found once for a graph. */
function meetingPoints(graph: Graph): ReadonlyMap<string, string> {
  const known = points.get(graph);
  if (known) return known;
  const ends = (one: string) => {
    const ports = graph.ports.get(one) ?? [];
    return ports.length === 0 || ports.some((port) => port.to === undefined && !port.quiet && !port.stray);
  };
  const last = graph.order.filter(ends);
  const before = (one: string) => (graph.incoming.get(one) ?? []).map((e) => e.from).filter((x) => graph.nodes[x]);
  const backwards = reversePostorder(END, (one) => (one === END ? last : before(one)));
  const found = dominators(backwards, (one) => [...wired(graph, one), ...(ends(one) ? [END] : [])]);
  points.set(graph, found);
  return found;
}

/** A place for a step: the way that it is put into, and those that are led to it as well. */
export type Gap = { readonly slot: Slot; readonly also: readonly Slot[] };

/** The place behind a step whose ways meet again, for all of them at once; undefined: they do not. */
export function meetingOf(graph: Graph, { ids, join }: Block): Gap | undefined {
  if (join === undefined) return undefined;
  const ports = ids.flatMap((id) => graph.ports.get(id) ?? []).filter((port) => port.to === join);
  const [slot, ...also] = ports.map(({ from, port }) => ({ from, port }));
  return slot && { slot, also };
}

/** By the step at which ways meet, the place before it that takes in the most of them. */
export function meetings(graph: Graph): ReadonlyMap<string, Gap> {
  const found = new Map<string, Gap>();
  for (const id of graph.order) {
    if (!branches(graph, id)) continue;
    const block = blockOf(graph, id);
    const gap = meetingOf(graph, block);
    if (block.join === undefined || !gap || gap.also.length === 0) continue;
    if (gap.also.length > (found.get(block.join)?.also.length ?? 0)) found.set(block.join, gap);
  }
  return found;
}

/** The open port at which what comes next would hang: along the main or first ports, else any that is open. */
export function tail(graph: Graph, block: Block): { from: string; port: string } | undefined {
  const inside = new Set(block.ids);
  const seen = new Set<string>();
  let at: string | undefined = block.root;
  while (at !== undefined && inside.has(at) && !seen.has(at)) {
    seen.add(at);
    const node: NodeDef | undefined = graph.nodes[at];
    const port: string | undefined = node && firstPort(node, graph.specs);
    const way: { port: string; to?: string } | undefined = graph.ports.get(at)?.find((p) => p.port === port);
    if (way && way.to === undefined) return { from: at, port: way.port };
    at = way?.to;
  }
  const open = block.ids.flatMap((id) => graph.ports.get(id) ?? []).filter((p) => p.to === undefined && !p.stray);
  const found = open.find((p) => !p.quiet) ?? open[0];
  return found && { from: found.from, port: found.port };
}
