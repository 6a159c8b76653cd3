import {
  ENTRY,
  edgeKey,
  firstPort,
  type Graph,
  type Places,
  type Port,
  placesOf,
  type Rect,
  type Selection,
  type Slot,
  slotOf,
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

/** Everything that can have the focus, in reading order, and where it is: cards, and what stands on `ways`. */
export function stopsOf(graph: Graph, places: Places, ways?: ReadonlySet<string>): ReadonlyMap<string, Rect> {
  const stops = new Map<string, Rect>();
  for (const [id, rect] of places.triggers) stops.set(nodeId.trigger(id), rect);
  stops.set(nodeId.addTrigger, places.addTrigger);
  stops.set(nodeId.exits, places.exits);
  for (const id of stepOrder(graph)) {
    const rect = places.steps.get(id);
    if (rect) stops.set(nodeId.step(id), rect);
    for (const port of graph.ports.get(id) ?? []) {
      const key = edgeKey(port);
      const route = ways?.has(key) && places.routes.get(key);
      if (route) stops.set(nodeId.way(key), { ...route.label, width: 1, height: 1 });
    }
  }
  return stops;
}

/** Whether an event comes from a card, or from what stands on an edge. */
export function isStop(target: EventTarget): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.dataset.node !== undefined || target.closest("[data-way]") !== null;
}

/** What has the focus for a stop, where it is drawn. */
export function elementOf(frame: HTMLElement, stop: string): HTMLElement | null {
  const way = wayOf(stop);
  if (way === undefined) return frame.querySelector<HTMLElement>(`[data-node="${stop}"]`);
  return frame.querySelector<HTMLElement>(`[data-way="${way}"] a, [data-way="${way}"] button`);
}

/** The key of the edge that a stop stands on. */
function wayOf(stop: string): string | undefined {
  return stop.startsWith("way:") ? selectionId(stop) : undefined;
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
  if (move === "last") return all.findLast((stop) => wayOf(stop) === undefined);
  const way = wayOf(from);
  if (way !== undefined) return besideWay(graph, stops, way, move);
  const picked = selectionOf(from);
  if (picked?.kind !== "step") return besideTop(graph, all, from, move);
  const place = placesOf(graph).get(picked.id);
  const to = place?.[move];
  const over =
    move === "down" ? wayTo(graph, stops, picked.id, to) : move === "up" && wayTo(graph, stops, to, picked.id);
  if (over) return over;
  if (to !== undefined) return nodeId.step(to);
  return move === "up" ? all[0] : undefined;
}

/** The stop on the way from one step to another; to nowhere: on the first way that leads nowhere. */
function wayTo(graph: Graph, stops: ReadonlyMap<string, Rect>, from: string | undefined, to: string | undefined) {
  return waysOf(graph, stops, from).find((port) => port.to === to)?.stop;
}

/** The ways out of a step on which stands what can have the focus. */
function waysOf(graph: Graph, stops: ReadonlyMap<string, Rect>, from = ""): (Port & { stop: string })[] {
  const ways = (graph.ports.get(from) ?? []).map((port) => ({ ...port, stop: nodeId.way(edgeKey(port)) }));
  return ways.filter(({ stop }) => stops.has(stop));
}

/** From a way: up and down to the steps that it joins, left and right to the other ways out. */
function besideWay(graph: Graph, stops: ReadonlyMap<string, Rect>, key: string, move: Move): string | undefined {
  const slot = slotOf(key);
  if (move === "up") return nodeId.step(slot.from);
  const ways = waysOf(graph, stops, slot.from);
  const at = ways.findIndex(({ port }) => port === slot.port);
  if (move !== "down") return ways[at + (move === "right" ? 1 : -1)]?.stop;
  const to = ways[at]?.to;
  return to === undefined ? undefined : nodeId.step(to);
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
