import { type Definition, EditError, type NodeDef, type NodeSpec, type Specs } from "../definition";
import { graphOf } from "../graph";
import { ENTRY, firstPort, type Slot, targetOf } from "../ports";
import { freshId } from "./ids";
import { checkSlot, dropUnreachable, type Made, nodeAt, putNode, wire } from "./wiring";

/** A new step of a type, with the settings that its ports need. */
export function newNode(spec: NodeSpec): NodeDef {
  return Object.keys(spec.initial).length > 0
    ? { type: spec.type, with: structuredClone(spec.initial) }
    : { type: spec.type };
}

/** Why a step cannot be put into a slot, in words; undefined: it can. */
export function whyNotInsert(definition: Definition, specs: Specs, slot: Slot, node: NodeDef): string | undefined {
  if (targetOf(definition, specs, slot) === undefined || firstPort(node, specs) !== undefined) return undefined;
  const title = specs.get(node.type)?.title ?? node.type;
  return `“${title}” has no way out, and steps follow here. Put it where nothing follows.`;
}

/** Puts a step into a slot; what stood there hangs on its main or first port. */
export function insertStep(definition: Definition, specs: Specs, slot: Slot, node: NodeDef, wish?: string): Made {
  checkSlot(definition, specs, slot);
  const reason = whyNotInsert(definition, specs, slot, node);
  if (reason !== undefined) throw new EditError(reason);
  const { next: _, ...alone } = node;
  const id = freshId(definition, wish ?? node.type);
  const displaced = targetOf(definition, specs, slot);
  const port = firstPort(node, specs);
  let edited = putNode(definition, id, alone, slot.from);
  if (displaced !== undefined && port !== undefined) edited = wire(edited, specs, { from: id, port }, displaced);
  return { definition: wire(edited, specs, slot, id), ids: [id] };
}

/** Puts a step at the end of the main way, which follows main and first ports from the start. */
export function appendStep(definition: Definition, specs: Specs, node: NodeDef, wish?: string): Made {
  return insertStep(definition, specs, lastSlot(definition, specs), node, wish);
}

/** The open end of the main way; where it ends in a step without a way out, or in a circle, the edge before. */
export function lastSlot(definition: Definition, specs: Specs): Slot {
  const seen = new Set<string>();
  let slot: Slot = ENTRY;
  for (let to = targetOf(definition, specs, slot); to !== undefined && !seen.has(to); ) {
    seen.add(to);
    const port = firstPort(nodeAt(definition, to), specs);
    if (port === undefined) return slot;
    slot = { from: to, port };
    to = targetOf(definition, specs, slot);
  }
  return slot;
}

/** Leads a slot to a step that exists: a join, a way back, another way. What it led to stays in the document. */
export function connect(definition: Definition, specs: Specs, slot: Slot, to: string): Definition {
  checkSlot(definition, specs, slot);
  nodeAt(definition, to);
  return targetOf(definition, specs, slot) === to ? definition : wire(definition, specs, slot, to);
}

/** Opens a slot. What it led to stays in the document. */
export function disconnect(definition: Definition, specs: Specs, slot: Slot): Definition {
  return targetOf(definition, specs, slot) === undefined ? definition : wire(definition, specs, slot, undefined);
}

/** Opens a slot and takes out what only it led to; for a way out that its step loses. */
export function prune(definition: Definition, specs: Specs, slot: Slot): Definition {
  return dropUnreachable(definition, disconnect(definition, specs, slot), specs);
}

/** The steps that prune would take out. */
export function onlyBehind(definition: Definition, specs: Specs, slot: Slot): string[] {
  const now = graphOf(disconnect(definition, specs, slot), specs).reachable;
  return graphOf(definition, specs).order.filter((id) => graphOf(definition, specs).reachable.has(id) && !now.has(id));
}
