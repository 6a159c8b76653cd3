let pressed = false;
const hear = (type: string, now: boolean) => document.addEventListener(type, () => (pressed = now), { capture: true });
hear("pointerdown", true);
hear("pointerup", false);
hear("pointercancel", false);

/**
 * Does something at once, or after the press that is going on: what came in between would move the thing that is
 * pressed, and the click would go astray.
 */
export function afterPress(act: () => void): void {
  if (!pressed) {
    act();
    return;
  }
  const off = new AbortController();
  const end = () => {
    off.abort();
    // The click comes right behind the end of the press.
    setTimeout(act);
  };
  for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, end, { signal: off.signal });
}
