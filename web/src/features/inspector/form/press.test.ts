import { expect, test, vi } from "vitest";
import { afterPress } from "./press";

const fire = (type: string) => document.body.dispatchEvent(new Event(type, { bubbles: true }));

test("what would move the page waits until the press that is going on has clicked", async () => {
  const act = vi.fn();
  afterPress(act);
  expect(act).toHaveBeenCalledTimes(1);
  for (const end of ["pointerup", "pointercancel"]) {
    act.mockClear();
    fire("pointerdown");
    afterPress(act);
    expect(act).not.toHaveBeenCalled();
    fire(end);
    fire("click");
    expect(act).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(act).toHaveBeenCalledTimes(1));
  }
});
