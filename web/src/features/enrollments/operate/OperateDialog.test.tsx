import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import type { Enrollment } from "../filter";
import { OperateDialog } from "./OperateDialog";

const one = {
  id: "a",
  workflow: "shop",
  version: 2,
  contact: { id: "ca", email: "a@example.com" },
  status: "held",
} as Enrollment;

test("an action asks first, and shows what the server refuses", async () => {
  const calls = serve({
    "POST /v1/enrollments/a/skip": () =>
      Response.json({ type: "conflict", title: "Conflict", detail: "no step is open", status: 409 }, { status: 409 }),
  });
  show(<OperateDialog action="skip" enrollment={one} onClose={vi.fn()} />);
  const dialog = await screen.findByRole("dialog");
  expect(calls.filter((c) => c.call.startsWith("POST"))).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: "Skip" }));
  await screen.findByText("no step is open");
  expect(screen.queryByRole("status")).toBeNull();
});

test("an exit carries its reason and outcome", async () => {
  const calls = serve({ "POST /v1/enrollments/:id/exit": () => ({ id: "a", status: "exited" }) });
  show(<OperateDialog action="exit" enrollment={one} onClose={vi.fn()} />);
  await userEvent.type(await screen.findByRole("textbox", { name: "Reason" }), "asked by phone");
  await userEvent.click(screen.getByRole("button", { name: "Exit" }));
  await screen.findByText("a@example.com: now exited");
  expect(calls).toContainEqual({
    call: "POST /v1/enrollments/a/exit",
    body: { reason: "asked by phone", outcome: "neutral" },
  });
});

test("a move asks for the step, in the version that one chooses", async () => {
  const named = (n: string) => ({ definition: { nodes: { [n]: { type: "wait", name: `Step ${n}` } } } });
  const calls = serve({
    "GET /v1/workflows": () => ({ items: [{ key: "shop", name: "Shop", version: 3, status: "active" }], next: null }),
    "GET /v1/workflows/shop/versions/2": () => named("old"),
    "GET /v1/workflows/shop/versions/3": () => named("fresh"),
    "POST /v1/enrollments/a/move": () => ({ id: "a", status: "waiting" }),
  });
  show(<OperateDialog action="move" enrollment={one} onClose={vi.fn()} />);
  const go = await screen.findByRole("button", { name: "Move" });
  expect(go.getAttribute("aria-description")).toBe("Choose the step first.");
  await userEvent.click(await screen.findByRole("combobox", { name: "Version" }));
  await userEvent.click(await screen.findByRole("option", { name: "Version 3" }));
  await userEvent.click(screen.getByRole("combobox", { name: "Step" }));
  await userEvent.click(await screen.findByRole("option", { name: "Step fresh" }));
  await userEvent.click(screen.getByRole("button", { name: "Move" }));
  await screen.findByText("a@example.com: now waiting");
  expect(calls).toContainEqual({ call: "POST /v1/enrollments/a/move", body: { node: "fresh", version: 3 } });
});
