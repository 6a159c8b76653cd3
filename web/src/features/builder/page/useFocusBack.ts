import { useEffect, useRef } from "react";

/** Gives the focus back to what had it before a dialog opened, when nothing else took it. */
export function useFocusBack(isOpen: boolean) {
  const before = useRef<Element | null>(null);
  if (isOpen && before.current === null) before.current = document.activeElement;
  useEffect(() => {
    if (isOpen) return;
    const at = before.current;
    before.current = null;
    if (!(at instanceof HTMLElement)) return;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body && at.isConnected) at.focus({ preventScroll: true });
    });
  }, [isOpen]);
}
