import { type RefObject, useEffect } from "react";

/**
 * Keeps the field that somebody is in where it is on the screen when what is above it grows or shrinks, as it
 * does when a preview arrives. The scrolling element has one child, which holds all of its content.
 */
export function useSteadyFocus(scroller: RefObject<HTMLElement | null>, isOpen: boolean) {
  useEffect(() => {
    const box = scroller.current;
    const content = box?.firstElementChild;
    if (!isOpen || !box || !content) return;
    let held: { field: Element; top: number } | null = null;
    const note = () => {
      const field = document.activeElement;
      held = field && field !== box && box.contains(field) ? { field, top: field.getBoundingClientRect().top } : null;
    };
    const steady = () => {
      if (held && held.field === document.activeElement && isInSight(held.top, box))
        box.scrollTop += held.field.getBoundingClientRect().top - held.top;
      note();
    };
    const watch = new ResizeObserver(steady);
    watch.observe(content);
    const off = new AbortController();
    for (const type of ["focusin", "focusout", "input"]) box.addEventListener(type, note, { signal: off.signal });
    box.addEventListener("scroll", note, { signal: off.signal, passive: true });
    return () => {
      watch.disconnect();
      off.abort();
    };
  }, [scroller, isOpen]);
}

function isInSight(top: number, box: Element): boolean {
  const { top: from, bottom } = box.getBoundingClientRect();
  return top >= from && top <= bottom;
}
