import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { show } from "@/test/render";
import { GuardedButton } from "./GuardedButton";

test("a button keeps the focus when the reason against it comes and goes", async () => {
  const act = vi.fn();
  let forbid: (why: string | null) => void = () => {};
  function Holder() {
    const [reason, setReason] = useState<string | null>("It is being counted.");
    forbid = setReason;
    return (
      <GuardedButton reason={reason} onClick={act}>
        Retry
      </GuardedButton>
    );
  }
  show(<Holder />);
  const button = await screen.findByRole("button", { name: "Retry" });
  await userEvent.click(button);
  expect(act).not.toHaveBeenCalled();
  expect(button.getAttribute("aria-disabled")).toBe("true");
  for (const why of [null, "Nobody is there.", null]) {
    forbid(why);
    await vi.waitFor(() => expect(button.getAttribute("aria-description")).toBe(why));
    expect(document.activeElement).toBe(button);
  }
  await userEvent.click(button);
  expect(act).toHaveBeenCalledOnce();
});
