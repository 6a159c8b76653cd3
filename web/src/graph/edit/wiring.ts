import { type Definition, EditError, type NodeDef, nodesOf, type Specs } from "../definition";
import { graphOf } from "../graph";
import { portsOf, type Slot, START, targetOf, wiringOf, withWiring } from "../ports";

/** An edit that made steps: the new definition and the ids of what is new, the first one leading. */
export type Made = { readonly definition: Definition; readonly ids: readonly string[] };

/** Leads a slot to a step, or opens it. */
export function wire(definition: Definition, specs: Specs, slot: Slot, to: string | undefined): Definition {
  if (slot.from === START) {
    if (to !== undefined) return { ...definition, start: to };
    const { start: _, ...rest } = definition;
    return rest;
  }
  const node = nodesOf(definition)[slot.from];
  if (!node) return definition;
  const { [slot.port]: _, ...others } = wiringOf(node, specs);
  const wiring = to === undefined ? others : { ...wiringOf(node, specs), [slot.port]: to };
  return putNode(definition, slot.from, withWiring(node, specs, wiring));
}

/** Leads several slots to one step, or opens them. */
export function wireAll(definition: Definition, specs: Specs, slots: Iterable<Slot>, to?: string): Definition {
  let edited = definition;
  for (const slot of slots) edited = wire(edited, specs, slot, to);
  return edited;
}

/** Puts a node under an id; a new one stands behind `behind` in the document. */
export function putNode(definition: Definition, id: string, node: NodeDef, behind?: string): Definition {
  const nodes = nodesOf(definition);
  if (Object.hasOwn(nodes, id) || behind === undefined || !Object.hasOwn(nodes, behind)) {
    return { ...definition, nodes: { ...nodes, [id]: node } };
  }
  const entries = Object.entries(nodes).flatMap<[string, NodeDef]>((entry) =>
    entry[0] === behind ? [entry, [id, node]] : [entry],
  );
  return { ...definition, nodes: Object.fromEntries(entries) };
}

/** Takes steps out, with their places and with every wiring that leads to them. */
export function dropNodes(definition: Definition, specs: Specs, ids: ReadonlySet<string>): Definition {
  if (ids.size === 0) return definition;
  const kept = Object.entries(nodesOf(definition)).filter(([id]) => !ids.has(id));
  const nodes = Object.fromEntries(kept.map(([id, node]) => [id, withoutTargets(node, specs, ids)]));
  const edited: Definition = { ...definition, nodes };
  if (edited.start !== undefined && ids.has(edited.start)) delete edited.start;
  if (definition.layout && Object.keys(definition.layout).some((id) => ids.has(id))) {
    const places = Object.entries(definition.layout).filter(([id]) => !ids.has(id));
    edited.layout = Object.fromEntries(places);
    if (places.length === 0) delete edited.layout;
  }
  return edited;
}

function withoutTargets(node: NodeDef, specs: Specs, ids: ReadonlySet<string>): NodeDef {
  const wiring = Object.entries(wiringOf(node, specs));
  const left = wiring.filter(([, to]) => !ids.has(to));
  return left.length === wiring.length ? node : withWiring(node, specs, Object.fromEntries(left));
}

/** Drops what a passage could come to before and cannot any more. */
export function dropUnreachable(before: Definition, after: Definition, specs: Specs): Definition {
  const now = graphOf(after, specs).reachable;
  const lost = [...graphOf(before, specs).reachable].filter((id) => !now.has(id));
  return dropNodes(after, specs, new Set(lost));
}

/** The node of an id, which must exist. */
export function nodeAt(definition: Definition, id: string): NodeDef {
  const node = nodesOf(definition)[id];
  if (!node || !Object.hasOwn(nodesOf(definition), id)) throw new EditError("This step is not there any more.");
  return node;
}

/** Makes sure that a slot exists: the entry, or a port that its step has. */
export function checkSlot(definition: Definition, specs: Specs, slot: Slot): void {
  if (slot.from === START) return;
  const node = nodeAt(definition, slot.from);
  const known = portsOf(node, specs).includes(slot.port) || targetOf(definition, specs, slot) !== undefined;
  if (!known) throw new EditError("This way out is not there any more.");
}
