/** For browsers without an idle callback: how long the page is left alone, in milliseconds. */
const rest = 1_000;

/** Does something once the page has nothing better to do; returns how to call it off. */
export function whenIdle(act: () => void): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, rest);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(act);
  return () => cancelIdleCallback(asked);
}
