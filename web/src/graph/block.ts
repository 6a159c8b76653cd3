import type { NodeDef } from "./definition";
import { dominators, reversePostorder } from "./dominators";
import { dominates, type Graph } from "./graph";
import { firstPort } from "./ports";

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
  const from = reversePostorder(id, (one) => wired(graph, one));
  const members = new Set(from);
  const ends = (one: string) => {
    const ports = graph.ports.get(one) ?? [];
    return ports.length === 0 || ports.some((port) => port.to === undefined && !port.quiet && !port.stray);
  };
  const into = new Map<string, string[]>([[END, from.filter(ends)]]);
  for (const one of from)
    into.set(
      one,
      (graph.incoming.get(one) ?? []).map((e) => e.from).filter((x) => members.has(x)),
    );
  const backwards = reversePostorder(END, (one) => into.get(one) ?? []);
  const found = dominators(backwards, (one) => [...wired(graph, one), ...(members.has(one) && ends(one) ? [END] : [])]);
  const join = found.get(id);
  return join === END || join === id ? undefined : join;
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
