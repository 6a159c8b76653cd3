import { type Block, blockOf, tail } from "../block";
import { type Definition, EditError, type Specs } from "../definition";
import { graphOf } from "../graph";
import { edgeKey, firstPort, type Slot, START, targetOf } from "../ports";
import { checkSlot, nodeAt, wire, wireAll } from "./wiring";

/** Why a step cannot be moved to a slot, in words; undefined: it can, or it is there already. */
export function whyNotMove(definition: Definition, specs: Specs, id: string, slot: Slot): string | undefined {
  const graph = graphOf(definition, specs);
  const block = blockOf(graph, id);
  if (isThere(definition, specs, block, slot)) return undefined;
  if (block.ids.includes(slot.from)) return "A step cannot be moved into its own branches.";
  if (slot.from !== START && graph.reachable.has(id) && !graph.reachable.has(slot.from)) {
    return "Nothing leads to this place.";
  }
  const follows = targetOf(definition, specs, slot) !== undefined;
  if (follows && exits(definition, specs, block).length === 0) {
    return "Steps follow here, and the step that you move has no open way out. Put it where nothing follows.";
  }
  return undefined;
}

/** Moves a step, with the steps of its branches, into another slot; the way closes where it stood. */
export function moveStep(definition: Definition, specs: Specs, id: string, slot: Slot): Definition {
  nodeAt(definition, id);
  checkSlot(definition, specs, slot);
  const reason = whyNotMove(definition, specs, id, slot);
  if (reason !== undefined) throw new EditError(reason);
  const graph = graphOf(definition, specs);
  const block = blockOf(graph, id);
  if (isThere(definition, specs, block, slot)) return definition;
  const inside = new Set(block.ids);
  const into = (graph.incoming.get(id) ?? []).filter((edge) => !inside.has(edge.from));
  const closed = wireAll(definition, specs, into, block.join);
  const displaced = targetOf(closed, specs, slot);
  const put = wireAll(closed, specs, exits(definition, specs, block), displaced);
  return wire(put, specs, slot, id);
}

function isThere(definition: Definition, specs: Specs, block: Block, slot: Slot): boolean {
  if (targetOf(definition, specs, slot) === block.root) return true;
  return exits(definition, specs, block).some((exit) => edgeKey(exit) === edgeKey(slot));
}

/** The slots of a block on which what follows it hangs, or would hang. */
export function exits(definition: Definition, specs: Specs, block: Block): Slot[] {
  const graph = graphOf(definition, specs);
  if (block.join === undefined) {
    const open = tail(graph, block);
    return open ? [open] : [];
  }
  const joined = block.ids.flatMap((id) => graph.ports.get(id) ?? []).filter((port) => port.to === block.join);
  return joined.map(({ from, port }) => ({ from, port }));
}

/** The slot behind a single step. */
export function behind(definition: Definition, specs: Specs, id: string): Slot | undefined {
  const port = firstPort(nodeAt(definition, id), specs);
  return port === undefined ? undefined : { from: id, port };
}
