import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
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
import type { FlowCanvasProps } from "./types";
import type { Camera } from "./useCamera";

type Props = Pick<FlowCanvasProps, "onInsert" | "onRemove" | "selection">;
type Move = "up" | "down" | "left" | "right" | "first" | "last";

const moves: Readonly<Record<string, Move>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
};

/** One tab stop for all cards; arrows follow the structure. */
export function useRoving(
  graph: Graph,
  places: Places,
  frame: RefObject<HTMLElement | null>,
  camera: Camera,
  props: Props,
) {
  const [at, setAt] = useState("");
  const wanted = useRef<string | null>(null);
  const stops = useMemo(() => stopsOf(graph, places), [graph, places]);
  const chosen = selectedNode(props.selection);
  const tabStop = stops.has(at) ? at : stops.has(chosen) ? chosen : (stops.keys().next().value ?? "");

  const focusNow = useCallback(() => {
    const card = wanted.current && frame.current?.querySelector<HTMLElement>(`[data-node="${wanted.current}"]`);
    if (!card) return;
    wanted.current = null;
    card.focus({ preventScroll: true });
  }, [frame]);

  // The card may have to come into sight before it is there.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new MutationObserver(focusNow);
    watch.observe(element, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [frame, focusNow]);

  const focus = useCallback(
    (node: string) => {
      setAt(node);
      wanted.current = node;
      camera.reveal(stops.get(node));
      focusNow();
    },
    [camera, stops, focusNow],
  );

  // Where a focused card goes, the focus goes to the one before it.
  const before = useRef(graph);
  useEffect(() => {
    const gone = at !== "" && !stops.has(at) && focusIsOn(at);
    const up = gone ? placesOf(before.current).get(selectionId(at))?.up : undefined;
    before.current = graph;
    if (gone) focus(up !== undefined && graph.nodes[up] ? nodeId.step(up) : tabStop);
  }, [graph, stops, at, tabStop, focus]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !isCard(event.target)) return;
    const act = action(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  const action = (key: string): (() => void) | undefined => {
    const move = moves[key];
    if (move) return () => focus(neighbour(graph, stops, tabStop, move) ?? tabStop);
    const { onInsert, onRemove } = props;
    const picked = selectionOf(tabStop);
    if ((key === "a" || key === "A") && onInsert) return () => onInsert(slotBehind(graph, picked));
    if ((key === "Delete" || key === "Backspace") && onRemove && picked) return () => onRemove(picked);
    return undefined;
  };

  // The card of the tab stop may be out of sight, and then it is not there: the canvas takes its place.
  const [inside, setInside] = useState(false);
  const entrance = {
    tabIndex: inside ? -1 : 0,
    onFocus: (event: FocusEvent<HTMLElement>) => {
      setInside(true);
      if (event.target === event.currentTarget) focus(tabStop);
    },
    onBlur: (event: FocusEvent<HTMLElement>) => setInside(event.currentTarget.contains(event.relatedTarget)),
  };

  return { tabStop, focus, focused: setAt, onKeyDown, entrance };
}

/** Everything that can have the focus, in reading order, and where it is. */
function stopsOf(graph: Graph, places: Places): ReadonlyMap<string, Rect> {
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

function isCard(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.dataset.node !== undefined;
}

function neighbour(graph: Graph, stops: ReadonlyMap<string, Rect>, from: string, move: Move): string | undefined {
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
function selectionOf(node: string): Selection | undefined {
  const [kind, id] = [node.slice(0, node.indexOf(":")), selectionId(node)];
  if (kind === "step" || kind === "trigger") return { kind, id };
  return node === nodeId.exits ? { kind: "exits" } : undefined;
}

/** Whether the focus is on a card, or was until the card went. */
function focusIsOn(node: string): boolean {
  const active = document.activeElement;
  return active === document.body || (active instanceof HTMLElement && active.dataset.node === node);
}

function selectionId(node: string): string {
  return node.slice(node.indexOf(":") + 1);
}

/** The node of a selection. */
export function selectedNode(selection: Selection | null | undefined): string {
  if (selection?.kind === "step") return nodeId.step(selection.id);
  if (selection?.kind === "trigger") return nodeId.trigger(selection.id);
  return selection?.kind === "exits" || selection?.kind === "exit" ? nodeId.exits : "";
}

function slotBehind(graph: Graph, picked: Selection | undefined): Slot {
  if (picked?.kind !== "step") return ENTRY;
  const node = graph.nodes[picked.id];
  const port = node && firstPort(node, graph.specs);
  if (port !== undefined) return { from: picked.id, port };
  const into = graph.incoming.get(picked.id)?.[0];
  return into ? { from: into.from, port: into.port } : ENTRY;
}
