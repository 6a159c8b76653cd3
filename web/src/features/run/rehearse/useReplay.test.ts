import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useReplay } from "./useReplay";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("draws one step after the other, and those that come later", () => {
  const { result, rerender } = renderHook(({ total }) => useReplay(total), { initialProps: { total: 0 } });
  act(() => result.current.restart());
  rerender({ total: 2 });
  expect(result.current.at).toBe(0);
  act(() => void vi.advanceTimersByTime(500));
  expect(result.current).toMatchObject({ at: 1, playing: true });
  act(() => void vi.advanceTimersByTime(500));
  expect(result.current).toMatchObject({ at: 2, playing: false });
  rerender({ total: 3 });
  act(() => void vi.advanceTimersByTime(500));
  expect(result.current.at).toBe(3);
});

test("going somewhere stops it, playing at the end begins anew", () => {
  const { result } = renderHook(() => useReplay(3));
  act(() => result.current.goTo(3));
  act(() => void vi.advanceTimersByTime(5_000));
  expect(result.current).toMatchObject({ at: 3, playing: false });
  act(() => result.current.play());
  expect(result.current).toMatchObject({ at: 0, playing: true });
  act(() => result.current.pause());
  act(() => void vi.advanceTimersByTime(5_000));
  expect(result.current.at).toBe(0);
});
