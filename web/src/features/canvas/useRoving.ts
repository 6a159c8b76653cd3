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
import { type Graph, type Places, placesOf } from "@/graph";
import { nodeId } from "./elements";
import {
  elementOf,
  focusIsOn,
  isStop,
  moves,
  neighbour,
  selectedNode,
  selectionId,
  selectionOf,
  slotBehind,
  stopsOf,
} from "./stops";
import type { FlowCanvasProps } from "./types";
import type { Camera } from "./useCamera";

type Props = Pick<FlowCanvasProps, "onInsert" | "onRemove" | "selection" | "overlay">;

/** One tab stop for all cards and for what stands on edges; arrows follow the structure. */
export function useRoving(
  graph: Graph,
  places: Places,
  frame: RefObject<HTMLElement | null>,
  camera: Camera,
  props: Props,
) {
  const [at, setAt] = useState("");
  const wanted = useRef<string | null>(null);
  const ways = props.overlay?.ways;
  const stops = useMemo(() => stopsOf(graph, places, ways), [graph, places, ways]);
  const chosen = selectedNode(props.selection);
  const tabStop = stops.has(at) ? at : stops.has(chosen) ? chosen : (stops.keys().next().value ?? "");

  const focusNow = useCallback(() => {
    const card = wanted.current && frame.current && elementOf(frame.current, wanted.current);
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
    if (event.ctrlKey || event.metaKey || event.altKey || !isStop(event.target)) return;
    const act = event.shiftKey ? undefined : action(event.key);
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

  // The card of the tab stop may be out of sight, and then it is not there; what stands on a way is no tab stop
  // by itself. While none of them has the focus, the canvas takes their place.
  const [inside, setInside] = useState(false);
  const entrance = {
    tabIndex: inside ? -1 : 0,
    onFocus: (event: FocusEvent<HTMLElement>) => {
      setInside(event.target === event.currentTarget || isStop(event.target));
      if (event.target === event.currentTarget) focus(tabStop);
      const way = event.target.closest<HTMLElement>("[data-way]")?.dataset.way;
      if (way !== undefined && ways?.has(way)) setAt(nodeId.way(way));
    },
    onBlur: (event: FocusEvent<HTMLElement>) => setInside(event.relatedTarget !== null && isStop(event.relatedTarget)),
  };

  return { tabStop, focus, focused: setAt, onKeyDown, entrance };
}
