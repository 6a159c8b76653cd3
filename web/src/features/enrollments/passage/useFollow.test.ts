import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useFollow } from "./useFollow";

test("follows the active step until the user selects one, and again when asked", () => {
  const select = vi.fn();
  const { result, rerender } = renderHook(
    ({ active, selected }: { active: string | null; selected: string | null }) => useFollow(active, selected, select),
    { initialProps: { active: "a" as string | null, selected: null as string | null } },
  );
  expect(result.current).toMatchObject({ following: true, shown: "a" });
  rerender({ active: "b", selected: null });
  expect(result.current.shown).toBe("b");
  act(() => result.current.choose("a"));
  expect(select).toHaveBeenCalledWith("a");
  rerender({ active: "c", selected: "a" });
  expect(result.current).toMatchObject({ following: false, shown: "a", canFollow: true });
  act(() => result.current.follow());
  rerender({ active: "c", selected: null });
  expect(result.current).toMatchObject({ following: true, shown: "c" });
  rerender({ active: null, selected: null });
  expect(result.current).toMatchObject({ following: false, canFollow: false, shown: "c" });
});

test("an address that names a step shows that one", () => {
  const { result } = renderHook(() => useFollow("b", "a", vi.fn()));
  expect(result.current).toMatchObject({ following: false, shown: "a" });
});
