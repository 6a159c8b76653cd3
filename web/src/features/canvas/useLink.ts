import { type PointerEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Point, Slot } from "@/graph";

/** A way that is being led elsewhere, in pixels of the frame; `target` is the step under the pointer. */
export type Drawn = { readonly from: Point; readonly to: Point; readonly target?: string };

/** How far a pointer goes before it drags, in pixels. */
const STILL = 6;

/** Leads a way elsewhere by dragging its "+" to a card. */
export function useLink(frame: RefObject<HTMLElement | null>, onConnect?: (slot: Slot, to: string) => void) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const done = useRef<AbortController | null>(null);
  useEffect(() => () => done.current?.abort(), []);

  const begin = useCallback(
    (slot: Slot, pressed: PointerEvent<HTMLElement>) => {
      if (pressed.button !== 0 || !frame.current) return;
      const box = frame.current.getBoundingClientRect();
      const button = pressed.currentTarget.getBoundingClientRect();
      const inFrame = (x: number, y: number): Point => ({ x: x - box.x, y: y - box.y });
      const from = inFrame(button.x + button.width / 2, button.y + button.height / 2);
      const start = { x: pressed.clientX, y: pressed.clientY };
      const off = new AbortController();
      let now: Drawn | null = null;
      const move = (event: globalThis.PointerEvent) => {
        if (event.pointerId !== pressed.pointerId) return;
        if (!now && Math.hypot(event.clientX - start.x, event.clientY - start.y) < STILL) return;
        const target = stepAt(event.clientX, event.clientY);
        const to = inFrame(event.clientX, event.clientY);
        now = target === undefined || target === slot.from ? { from, to } : { from, to, target };
        setDrawn(now);
      };
      const end = (drop: boolean) => {
        off.abort();
        setDrawn(null);
        if (drop && now?.target !== undefined) onConnect?.(slot, now.target);
      };
      const { signal } = off;
      done.current?.abort();
      done.current = off;
      addEventListener("pointermove", move, { signal });
      addEventListener("pointerup", (event) => event.pointerId === pressed.pointerId && end(true), { signal });
      addEventListener("pointercancel", () => end(false), { signal });
      addEventListener("keydown", (event) => event.key === "Escape" && end(false), { signal, capture: true });
    },
    [frame, onConnect],
  );

  return useMemo(() => ({ drawn, begin }), [drawn, begin]);
}

export type Link = ReturnType<typeof useLink>;

/** The id of the step whose card is at a point of the window. */
function stepAt(x: number, y: number): string | undefined {
  const card = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-node^='step:']");
  return card?.dataset.node?.slice("step:".length);
}
