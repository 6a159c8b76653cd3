import { useEffect, useRef, useState } from "react";

/**
 * Keeps the step where a run stands selected, until somebody selects something else.
 * `selected` is what is selected on the drawing.
 */
export function useFollowing(active: string | null, selected: string | null, select: (node: string) => void) {
  const [on, setOn] = useState(true);
  const led = useRef<string | null>(null);
  const before = useRef(selected);
  useEffect(() => {
    if (!on || active === null) return;
    led.current = active;
    select(active);
  }, [on, active, select]);
  useEffect(() => {
    if (before.current === selected) return;
    before.current = selected;
    if (selected !== led.current) setOn(false);
  }, [selected]);
  return { following: on, follow: setOn };
}
