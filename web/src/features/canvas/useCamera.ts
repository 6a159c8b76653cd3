import type { ReactFlowInstance, Viewport } from "@xyflow/react";
import { type RefObject, useCallback, useMemo, useRef } from "react";
import type { Places, Rect } from "@/graph";
import type { CanvasNode, FlowEdge } from "./elements";

export type Flow = ReactFlowInstance<CanvasNode, FlowEdge>;

/** How far out and in one can zoom. */
export const zooms = { min: 0.08, max: 2, readable: 0.8 };

const MARGIN = 32;

/** Moves the view: fit, zoom, and just enough to bring a card into sight. */
export function useCamera(frame: RefObject<HTMLElement | null>, places: Places) {
  const flow = useRef<Flow | null>(null);
  const now = useRef(places);
  now.current = places;

  const go = useCallback((view: Viewport, calm = false) => {
    void flow.current?.setViewport(view, { duration: calm || lessMotion() ? 0 : 250 });
  }, []);

  const fit = useCallback(() => {
    if (frame.current) go(fitted(now.current.bounds, sizeOf(frame.current), zooms.min));
  }, [frame, go]);

  /** Fits at a size that can be read; what is longer begins at its top. */
  const begin = useCallback(
    (instance: Flow) => {
      flow.current = instance;
      if (frame.current) go(fitted(now.current.bounds, sizeOf(frame.current), zooms.readable), true);
    },
    [frame, go],
  );

  const zoom = useCallback((by: number | "full") => {
    const duration = lessMotion() ? 0 : 150;
    if (by === "full") void flow.current?.zoomTo(1, { duration });
    else void flow.current?.zoomTo((flow.current.getZoom() ?? 1) * by, { duration });
  }, []);

  const reveal = useCallback(
    (rect: Rect | undefined) => {
      if (!rect || !flow.current || !frame.current) return;
      const view = flow.current.getViewport();
      const moved = revealing(view, rect, sizeOf(frame.current));
      if (moved.x !== view.x || moved.y !== view.y) go(moved);
    },
    [frame, go],
  );

  return useMemo(() => ({ flow, fit, begin, zoom, reveal }), [fit, begin, zoom, reveal]);
}

export type Camera = ReturnType<typeof useCamera>;

type Size = { width: number; height: number };

function sizeOf(element: HTMLElement): Size {
  return { width: element.clientWidth, height: element.clientHeight };
}

/** The view that shows all of the bounds, or, where that would be smaller than `least`, their top. */
export function fitted(bounds: Rect, frame: Size, least: number): Viewport {
  const wide = (frame.width - 2 * MARGIN) / Math.max(1, bounds.width);
  const high = (frame.height - 2 * MARGIN) / Math.max(1, bounds.height);
  const zoom = Math.max(least, Math.min(1, wide, high));
  const fits = { width: wide >= zoom, height: high >= zoom };
  // The start is at x = 0: what does not fit is shown around it.
  const middle = fits.width ? bounds.x + bounds.width / 2 : 0;
  const y = fits.height ? (frame.height - bounds.height * zoom) / 2 - bounds.y * zoom : MARGIN - bounds.y * zoom;
  return { x: frame.width / 2 - middle * zoom, y, zoom };
}

/** The nearest view in which a card is in sight. */
export function revealing(view: Viewport, rect: Rect, frame: Size): Viewport {
  const into = (start: number, length: number, room: number) => {
    if (start < MARGIN) return MARGIN - start;
    return start + length > room - MARGIN ? Math.max(MARGIN - start, room - MARGIN - start - length) : 0;
  };
  const dx = into(rect.x * view.zoom + view.x, rect.width * view.zoom, frame.width);
  const dy = into(rect.y * view.zoom + view.y, rect.height * view.zoom, frame.height);
  return { x: view.x + dx, y: view.y + dy, zoom: view.zoom };
}

function lessMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
