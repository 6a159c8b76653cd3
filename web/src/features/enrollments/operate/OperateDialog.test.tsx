import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import type { Enrollment } from "../filter";
import { OperateDialog } from "./OperateDialog";

const one = (id: string) =>
  ({ id, contact: { id: `c${id}`, email: `${id}@example.com` }, status: "held" }) as Enrollment;

test("an action goes through its enrollments one by one and shows each answer", async () => {
  const calls = serve({
    "POST /v1/enrollments/:id/skip": (_, { id }) =>
      id === "b"
        ? Response.json(
            { type: "conflict", title: "Conflict", detail: "no step is open", status: 409 },
            { status: 409 },
          )
        : { id, status: "waiting" },
  });
  show(<OperateDialog action="skip" enrollments={[one("a"), one("b"), one("c")]} onClose={vi.fn()} />);
  const dialog = await screen.findByRole("dialog");
  expect(calls.filter((c) => c.call.startsWith("POST"))).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: "Skip" }));
  await screen.findByText("3 of 3 done, 1 refused");
  expect(screen.getByText("b@example.com: no step is open")).toBeTruthy();
  expect(screen.getByText("c@example.com: now waiting")).toBeTruthy();
  expect(calls.filter((c) => c.call.startsWith("POST")).map((c) => c.call)).toEqual([
    "POST /v1/enrollments/a/skip",
    "POST /v1/enrollments/b/skip",
    "POST /v1/enrollments/c/skip",
  ]);
});

test("an exit carries its reason and outcome", async () => {
  const calls = serve({ "POST /v1/enrollments/:id/exit": () => ({ id: "a", status: "exited" }) });
  show(<OperateDialog action="exit" enrollments={[one("a")]} onClose={vi.fn()} />);
  await userEvent.type(await screen.findByRole("textbox", { name: "Reason" }), "asked by phone");
  await userEvent.click(screen.getByRole("button", { name: "Exit" }));
  await screen.findByText("a@example.com: now exited");
  expect(calls).toContainEqual({
    call: "POST /v1/enrollments/a/exit",
    body: { reason: "asked by phone", outcome: "neutral" },
  });
});
