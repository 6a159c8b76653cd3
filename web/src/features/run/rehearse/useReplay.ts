import { useCallback, useEffect, useState } from "react";

const pace = 450;

/** Walks through steps one after the other; `at` is how many are shown. New steps are walked to by themselves. */
export function useReplay(total: number) {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const shown = Math.min(at, total);
  useEffect(() => {
    if (!playing || shown >= total) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setTimeout(() => setAt(calm ? total : shown + 1), calm ? 0 : pace);
    return () => clearTimeout(timer);
  }, [playing, shown, total]);
  const play = useCallback(() => {
    setPlaying(true);
    setAt((before) => (before >= total ? 0 : before));
  }, [total]);
  const restart = useCallback(() => {
    setAt(0);
    setPlaying(true);
  }, []);
  const goTo = useCallback((to: number) => {
    setPlaying(false);
    setAt(to);
  }, []);
  const pause = useCallback(() => setPlaying(false), []);
  return { at: shown, playing: playing && shown < total, play, pause, restart, goTo };
}
