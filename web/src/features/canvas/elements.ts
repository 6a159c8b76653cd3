import { type Edge, type Node, Position } from "@xyflow/react";
import type { ReactNode } from "react";
import {
  type Definition,
  ENTRY,
  edgeKey,
  type Gap,
  type Graph,
  meetings,
  type Places,
  type Rect,
  type Route,
  type Slot,
  size,
  slotOf,
  triggerKey,
} from "@/graph";
import { type StepView, stepViews, type TriggerView, triggerViews } from "./cards";
import type { FlowCanvasProps } from "./types";
import { slotWords, titleOf } from "./words";

export type StepNode = Node<{ view: StepView }, "step">;
export type TriggerNode = Node<{ view: TriggerView }, "trigger">;
export type AddTriggerNode = Node<{ first: boolean }, "addTrigger">;
export type ExitsNode = Node<{ exits: Definition["exits"]; selected: boolean; words: string }, "exits">;
export type CapNode = Node<{ slot: Slot; words: string; insert: boolean }, "cap">;
export type MeetingNode = Node<{ gap: Gap; words: string }, "meeting">;
export type NoteNode = Node<{ id: string; of: string; text: string; editing: boolean }, "note">;
export type CanvasNode = StepNode | TriggerNode | AddTriggerNode | ExitsNode | CapNode | MeetingNode | NoteNode;

/** How an edge is drawn; one that nothing travelled although something might is `missed`. */
export type Look = "plain" | "travelled" | "missed" | "dim";

/** What an edge draws; `key` is the edgeKey. */
export type FlowEdge = Edge<
  {
    route: Route;
    slot?: Slot;
    label?: string;
    stray: boolean;
    words: string;
    look: Look;
    count?: ReactNode;
  },
  "flow"
>;

/** The node of React Flow for a step, trigger and so on. */
export const nodeId = {
  step: (id: string) => `step:${id}`,
  trigger: (id: string) => `trigger:${id}`,
  note: (id: string) => `note:${id}`,
  cap: (slot: Slot) => `cap:${edgeKey(slot)}`,
  /** What stands on an edge, by its key. */
  way: (key: string) => `way:${key}`,
  meeting: (join: string) => `meeting:${join}`,
  addTrigger: "add-trigger",
  exits: "exits",
};

type Shown = Pick<
  FlowCanvasProps,
  "notes" | "noting" | "summaries" | "problems" | "quiet" | "selection" | "overlay"
> & {
  editable: boolean;
};

/** The nodes that React Flow draws. Sizes are given, so that nothing has to be measured. */
export function canvasNodes(
  graph: Graph,
  places: Places,
  shown: Shown & { canAddTrigger: boolean; movable: boolean },
): CanvasNode[] {
  const nodes: CanvasNode[] = [];
  for (const view of triggerViews(graph, shown)) {
    const rect = places.triggers.get(view.id);
    if (rect) nodes.push({ id: nodeId.trigger(view.id), type: "trigger", data: { view }, ...at(rect) });
  }
  const none = places.triggers.size === 0;
  if (shown.canAddTrigger || none) {
    nodes.push({ id: nodeId.addTrigger, type: "addTrigger", data: { first: none }, ...at(places.addTrigger) });
  }
  const exits = graph.definition.exits ?? [];
  if (exits.length > 0 || shown.editable) {
    const selected = shown.selection?.kind === "exits" || shown.selection?.kind === "exit";
    const words = exits.length === 0 ? "No exits" : `Exits, ${exits.map((exit) => exit.event ?? exit.id).join(", ")}`;
    nodes.push({ id: nodeId.exits, type: "exits", data: { exits, selected, words }, ...at(places.exits) });
  }
  for (const view of stepViews(graph, shown)) {
    const rect = places.steps.get(view.id);
    if (rect)
      nodes.push({ id: nodeId.step(view.id), type: "step", data: { view }, ...at(rect), draggable: shown.movable });
  }
  for (const [id, rect] of places.notes) {
    const data = { id, of: titleOf(graph, id), text: graph.nodes[id]?.note ?? "", editing: shown.noting === id };
    const style = { pointerEvents: "none" as const };
    nodes.push({ id: nodeId.note(id), type: "note", data, ...at(rect), style, zIndex: data.editing ? 20 : 0 });
  }
  for (const { slot, at: middle } of places.caps.values()) {
    const words = slotWords(graph, slot.from, slot.port);
    const rect = { x: middle.x - CAP / 2, y: middle.y - (shown.editable ? 0 : CAP / 2), width: CAP, height: CAP };
    nodes.push({ id: nodeId.cap(slot), type: "cap", data: { slot, words, insert: shown.editable }, ...at(rect) });
  }
  if (shown.editable) nodes.push(...meetingNodes(graph, places));
  return nodes;
}

const CAP = 28;
const PLUS = 24;

/** The places behind ways that meet again, right above the steps where they do. */
function meetingNodes(graph: Graph, places: Places): MeetingNode[] {
  return [...meetings(graph)].flatMap(([join, gap]): MeetingNode[] => {
    const rect = places.steps.get(join);
    if (!rect) return [];
    const place = { x: rect.x + (rect.width - PLUS) / 2, y: rect.y - size.bus + 2, width: PLUS, height: PLUS };
    const words = `Insert a step where the ways meet before ${titleOf(graph, join)}`;
    return [{ id: nodeId.meeting(join), type: "meeting", data: { gap, words }, ...at(place) }];
  });
}

function at({ x, y, width, height }: Rect) {
  const end = { x: width / 2, width: 1, height: 1 };
  return {
    position: { x, y },
    width,
    height,
    measured: { width, height },
    // Without these React Flow would draw every card once to find out.
    handles: [
      { type: "target" as const, position: Position.Top, y: 0, ...end },
      { type: "source" as const, position: Position.Bottom, y: height, ...end },
    ],
    domAttributes: { "aria-roledescription": undefined },
    focusable: false,
    draggable: false,
    style: { pointerEvents: "all" as const },
  };
}

/** The edges that React Flow draws: of triggers, of the entry, of wired and of open ports. */
export function canvasEdges(graph: Graph, places: Places, shown: Shown): FlowEdge[] {
  const edges: FlowEdge[] = [];
  const start = places.caps.has(edgeKey(ENTRY)) ? nodeId.cap(ENTRY) : nodeId.step(graph.roots[0] ?? "");
  const add = (key: string, source: string, target: string, data: Partial<FlowEdge["data"]>) => {
    const route = places.routes.get(key);
    if (!route) return;
    const look = lookOf(key, shown);
    const count = shown.overlay?.edgeLabels?.[key];
    edges.push({
      id: key,
      type: "flow",
      source,
      target,
      data: { route, stray: false, words: "", look, count, ...data },
      domAttributes: { "aria-hidden": true },
      focusable: false,
    });
  };
  const triggers = [...places.triggers.keys()];
  for (const id of triggers) add(triggerKey(id), nodeId.trigger(id), start, {});
  const first = triggers[0];
  const entry = first === undefined ? nodeId.addTrigger : nodeId.trigger(first);
  add(edgeKey(ENTRY), entry, start, { slot: ENTRY, words: slotWords(graph, ENTRY.from, ENTRY.port) });
  for (const id of graph.order) {
    const ports = (graph.ports.get(id) ?? []).filter((port) => !port.quiet);
    for (const port of ports) {
      const key = edgeKey(port);
      const target = port.to === undefined ? nodeId.cap(port) : nodeId.step(port.to);
      const words = slotWords(graph, port.from, port.port);
      const label = ports.length > 1 ? port.port : undefined;
      add(key, nodeId.step(id), target, { slot: slotOf(key), label, stray: port.stray, words });
    }
  }
  // What was travelled lies over the rest.
  return edges.sort((a, b) => Number(a.data?.look === "travelled") - Number(b.data?.look === "travelled"));
}

function lookOf(key: string, { overlay }: Shown): Look {
  if (!overlay) return "plain";
  if (overlay.edges.has(key)) return "travelled";
  if (overlay.missed?.has(key)) return "missed";
  return overlay.dim === false ? "plain" : "dim";
}
