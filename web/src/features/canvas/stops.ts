import {
  ENTRY,
  firstPort,
  type Graph,
  type Places,
  placesOf,
  type Rect,
  type Selection,
  type Slot,
  stepOrder,
} from "@/graph";
import { nodeId } from "./elements";

/** Where keys lead. */
export type Move = "up" | "down" | "left" | "right" | "first" | "last";

export const moves: Readonly<Record<string, Move>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
};

/** Everything that can have the focus, in reading order, and where it is. */
export function stopsOf(graph: Graph, places: Places): ReadonlyMap<string, Rect> {
  const stops = new Map<string, Rect>();
  for (const [id, rect] of places.triggers) stops.set(nodeId.trigger(id), rect);
  stops.set(nodeId.addTrigger, places.addTrigger);
  stops.set(nodeId.exits, places.exits);
  for (const id of stepOrder(graph)) {
    const rect = places.steps.get(id);
    if (rect) stops.set(nodeId.step(id), rect);
  }
  return stops;
}

/** Whether an event comes from a card. */
export function isCard(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.dataset.node !== undefined;
}

/** Where a key leads from a card. */
export function neighbour(
  graph: Graph,
  stops: ReadonlyMap<string, Rect>,
  from: string,
  move: Move,
): string | undefined {
  const all = [...stops.keys()];
  if (move === "first") return all[0];
  if (move === "last") return all.at(-1);
  const picked = selectionOf(from);
  if (picked?.kind !== "step") return besideTop(graph, all, from, move);
  const place = placesOf(graph).get(picked.id);
  const to = place?.[move];
  if (to !== undefined) return nodeId.step(to);
  return move === "up" ? all[0] : undefined;
}

/** Triggers and exits stand in one row over the start. */
function besideTop(graph: Graph, all: readonly string[], from: string, move: Move): string | undefined {
  const row = all.filter((id) => !id.startsWith("step:"));
  const first = stepOrder(graph)[0];
  if (move === "down") return first === undefined ? undefined : nodeId.step(first);
  return row[row.indexOf(from) + (move === "right" ? 1 : move === "left" ? -1 : 0)];
}

/** What the card of a node selects. */
export function selectionOf(node: string): Selection | undefined {
  const [kind, id] = [node.slice(0, node.indexOf(":")), selectionId(node)];
  if (kind === "step" || kind === "trigger") return { kind, id };
  return node === nodeId.exits ? { kind: "exits" } : undefined;
}

/** Whether the focus is on a card, or was until the card went. */
export function focusIsOn(node: string): boolean {
  const active = document.activeElement;
  return active === document.body || (active instanceof HTMLElement && active.dataset.node === node);
}

/** The id in the id of a node. */
export function selectionId(node: string): string {
  return node.slice(node.indexOf(":") + 1);
}

/** The node of a selection. */
export function selectedNode(selection: Selection | null | undefined): string {
  if (selection?.kind === "step") return nodeId.step(selection.id);
  if (selection?.kind === "trigger") return nodeId.trigger(selection.id);
  return selection?.kind === "exits" || selection?.kind === "exit" ? nodeId.exits : "";
}

/** Where A puts a step: behind the card, else before it. */
export function slotBehind(graph: Graph, picked: Selection | undefined): Slot {
  if (picked?.kind !== "step") return ENTRY;
  const node = graph.nodes[picked.id];
  const port = node && firstPort(node, graph.specs);
  if (port !== undefined) return { from: picked.id, port };
  const into = graph.incoming.get(picked.id)?.[0];
  return into ? { from: into.from, port: into.port } : ENTRY;
}
