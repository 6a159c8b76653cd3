import type { OnNodeDrag } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { type Graph, type Places, type Slot, slotOf, whyNotMove } from "@/graph";
import type { CanvasNode } from "./elements";

/** How near a dragged card must come to a place, in pixels at 100 %. */
const REACH = 150;

type Drag = { node: string; x: number; y: number; lit?: string };

/** Dragging a step: where it is, and the place nearest to it that can take it. */
export function useDrag(graph: Graph, places: Places, onMove?: (id: string, slot: Slot) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const fits = useRef(new Map<string, boolean>());

  const nearest = useCallback(
    (id: string, x: number, y: number): string | undefined => {
      const near: { key: string; far: number }[] = [];
      for (const [key, route] of places.routes) {
        if (key.startsWith("trigger:")) continue;
        const far = Math.hypot(route.plus.x - x, route.plus.y - y);
        if (far < REACH) near.push({ key, far });
      }
      near.sort((a, b) => a.far - b.far);
      return near.find(({ key }) => {
        const known = fits.current.get(key);
        if (known !== undefined) return known;
        const can = whyNotMove(graph.definition, graph.specs, id, slotOf(key)) === undefined;
        fits.current.set(key, can);
        return can;
      })?.key;
    },
    [graph, places],
  );

  const onNodeDrag: OnNodeDrag<CanvasNode> = useCallback(
    (_, node) => {
      if (node.type !== "step") return;
      const { x, y } = node.position;
      const lit = nearest(node.data.view.id, x + (node.width ?? 0) / 2, y);
      setDrag({ node: node.id, x, y, lit });
    },
    [nearest],
  );

  const onNodeDragStop: OnNodeDrag<CanvasNode> = useCallback(
    (_, node) => {
      fits.current.clear();
      setDrag(null);
      if (node.type === "step" && drag?.lit) onMove?.(node.data.view.id, slotOf(drag.lit));
    },
    [drag, onMove],
  );

  return useMemo(() => ({ drag, onNodeDrag, onNodeDragStop }), [drag, onNodeDrag, onNodeDragStop]);
}
