import {
  type Definition,
  ENTRY,
  edgeKey,
  firstPort,
  graphOf,
  isBack,
  nodesOf,
  type Slot,
  type Specs,
  START,
} from "@/graph";
import { stepName } from "../diff/words";

/** A slot in words, for the end of a sentence: "after Welcome", "in “else” of VIP", "at the start". */
export function slotWords(slot: Slot, definition: Definition, specs: Specs): string {
  if (slot.from === START) return "at the start";
  const node = nodesOf(definition)[slot.from];
  const name = stepName(slot.from, node, specs);
  const main = node && specs.get(node.type)?.main_port === slot.port;
  return main ? `after ${name}` : `in “${slot.port}” of ${name}`;
}

/** Every place where a step can stand, in reading order. */
export function allSlots(definition: Definition, specs: Specs): Slot[] {
  const graph = graphOf(definition, specs);
  const ports = graph.order.flatMap((id) => graph.ports.get(id) ?? []).filter((port) => !port.stray);
  return [ENTRY, ...ports.map(({ from, port }) => ({ from, port }))];
}

/** The place right behind a step; undefined when it has no way out. */
export function slotAfter(definition: Definition, specs: Specs, id: string): Slot | undefined {
  const node = nodesOf(definition)[id];
  const port = node && firstPort(node, specs);
  return port ? { from: id, port } : undefined;
}

/** The place right before a step: the first way that leads there, not counting ways back. */
export function slotBefore(definition: Definition, specs: Specs, id: string): Slot | undefined {
  const graph = graphOf(definition, specs);
  const into = graph.incoming.get(id) ?? [];
  const edge = into.find((e) => !isBack(graph, e)) ?? into[0];
  return edge && { from: edge.from, port: edge.port };
}

export const sameSlot = (a: Slot, b: Slot) => edgeKey(a) === edgeKey(b);

/** Every way out of a step, in order, that of errors among them. */
export function waysOf(definition: Definition, specs: Specs, id: string): Slot[] {
  const ports = graphOf(definition, specs).ports.get(id) ?? [];
  return ports.filter((port) => !port.stray).map(({ from, port }) => ({ from, port }));
}
