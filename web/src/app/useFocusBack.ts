import { useEffect } from "react";

/** What opens over the page (dialogs, menus, popovers) stands beside it, in elements of this kind. */
const over = "[data-portal]";

/**
 * Gives the focus back to what had it last in the page itself, when what is open over the page goes away with
 * the focus in it and nothing else takes it; while something is still open, it gets the focus. Without that a
 * keyboard begins again at the top of the page.
 */
export function useFocusBack() {
  useEffect(() => {
    let last: HTMLElement | null = null;
    let isOver = false;
    const note = ({ target }: Event) => {
      isOver = target instanceof Element && target.closest(over) !== null;
      if (!isOver && target instanceof HTMLElement) last = target;
    };
    const press = ({ target }: Event) => {
      if (target instanceof Element && target.closest(over) === null) isOver = false;
    };
    const lost = () => isOver && document.activeElement === document.body;
    const back = () => {
      if (!lost()) return;
      const open = [...document.querySelectorAll<HTMLElement>(`${over} :is([role=dialog], [role=menu])`)];
      const top = open.findLast((one) => one.checkVisibility());
      if (!top) isOver = false;
      const to = top ?? last;
      if (to?.isConnected) to.focus({ preventScroll: true });
    };
    const watch = new MutationObserver(() => lost() && requestAnimationFrame(() => requestAnimationFrame(back)));
    watch.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", note);
    document.addEventListener("pointerdown", press);
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", note);
      document.removeEventListener("pointerdown", press);
    };
  }, []);
}
