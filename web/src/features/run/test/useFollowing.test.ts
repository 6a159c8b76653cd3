import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useFollowing } from "./useFollowing";

test("the step where it stands is selected, until somebody selects another, and again when asked", () => {
  const select = vi.fn();
  const start: { active: string | null; selected: string | null } = { active: "a", selected: "elsewhere" };
  const hook = renderHook(({ active, selected }) => useFollowing(active, selected, select), { initialProps: start });
  expect(select.mock.calls).toEqual([["a"]]);
  hook.rerender({ active: "a", selected: "a" });
  hook.rerender({ active: "b", selected: "a" });
  hook.rerender({ active: "b", selected: "b" });
  expect(select.mock.calls).toEqual([["a"], ["b"]]);
  expect(hook.result.current.following).toBe(true);

  hook.rerender({ active: "b", selected: "a" });
  expect(hook.result.current.following).toBe(false);
  hook.rerender({ active: "c", selected: "a" });
  expect(select).toHaveBeenCalledTimes(2);

  act(() => hook.result.current.follow(true));
  expect(select).toHaveBeenLastCalledWith("c");
});
