import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Definition } from "@/graph";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import { RehearsePanel } from "./RehearsePanel";

const definition: Definition = {
  key: "w",
  triggers: [{ id: "t", event: "contract.signed" }],
  start: "hello",
  nodes: { hello: { type: "email", name: "Welcome", next: "done" }, done: { type: "end" } },
};
const at = "2026-03-09T08:00:00Z";
const steps = [
  {
    node: "hello",
    type: "email",
    at,
    status: "done",
    port: "next",
    values: [],
    effect: { kind: "mail", subject: "Hi", to: ["ana@example.com"] },
  },
  { node: "done", type: "end", at, status: "done", port: null, values: [], effect: null },
];
const stream = [
  ...steps.map((s) => `event: step\ndata: ${JSON.stringify(s)}\n\n`),
  `event: result\ndata: ${JSON.stringify({ status: "completed", outcome: "success", elapsed_ms: 1, steps: [] })}\n\n`,
].join("");

const lists = {
  "GET /v1/contacts": () => ({
    items: [{ id: "c1", email: "ana@example.com", timezone: "Europe/Berlin" }],
    next: null,
  }),
  "GET /v1/contacts/:id": () => ({ id: "c1", email: "ana@example.com", timezone: "Europe/Berlin" }),
  "GET /v1/event-types": () => ({
    items: [
      {
        type: "contract.signed",
        standard: true,
        platform: false,
        last_seen: null,
        data: [{ key: "amount", label: "Amount", type: "number" }],
      },
    ],
  }),
  "GET /v1/account": () => ({ timezone: "UTC" }),
};

function open(whenSaved: () => Promise<unknown>) {
  const onOverlay = vi.fn();
  show(
    <RehearsePanel
      workflow="w"
      definition={definition}
      specs={new Map()}
      whenSaved={whenSaved}
      onOverlay={onOverlay}
      selected={null}
      onSelect={vi.fn()}
    />,
  );
  return onOverlay;
}

test("waits until the draft is saved, then draws step after step in the contact's time", async () => {
  const order: string[] = [];
  const calls = serve({
    ...lists,
    "POST /v1/workflows/w/rehearse": () => {
      order.push("rehearsed");
      return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
    },
  });
  const onOverlay = open(async () => void order.push("saved"));
  await screen.findByDisplayValue(/"amount": 49/);
  await userEvent.click(screen.getByRole("button", { name: "Rehearse" }));
  await screen.findByText("would send mail “Hi” to ana@example.com", {}, { timeout: 5_000 });
  await screen.findByText("It would be completed, outcome success", {}, { timeout: 5_000 });
  expect(order).toEqual(["saved", "rehearsed"]);
  expect(calls.find((c) => c.call.startsWith("POST"))?.body).toEqual({
    contact: { id: "c1" },
    trigger: { type: "contract.signed", data: { amount: 49 } },
    events: [],
  });
  expect(screen.getAllByText("Mon 9 Mar 2026 09:00 (Europe/Berlin)")).toHaveLength(2);
  expect(Object.keys(onOverlay.mock.lastCall?.[0].nodes)).toEqual(["hello", "done"]);
});

test("a draft that cannot be saved is not rehearsed", async () => {
  const calls = serve(lists);
  open(async () => {
    throw new Error("The draft was changed elsewhere.");
  });
  await screen.findByDisplayValue(/"amount": 49/);
  await userEvent.click(screen.getByRole("button", { name: "Rehearse" }));
  await screen.findByText("The draft was changed elsewhere.");
  expect(calls.filter((c) => c.call.startsWith("POST"))).toEqual([]);
});

test("what the server refuses stands at its field", async () => {
  serve({
    ...lists,
    "POST /v1/workflows/w/rehearse": () =>
      Response.json(
        {
          type: "validation",
          title: "Not valid",
          status: 422,
          errors: [{ pointer: "/events/0/at", message: "must be a time", hint: "3d" }],
        },
        { status: 422 },
      ),
  });
  open(async () => {});
  await screen.findByDisplayValue(/"amount": 49/);
  await userEvent.click(screen.getByRole("button", { name: "Add an event" }));
  await userEvent.click(screen.getByRole("button", { name: "Rehearse" }));
  const field = await screen.findByRole("textbox", { name: "After" });
  await screen.findByRole("alert");
  expect(field.getAttribute("aria-invalid")).toBe("true");
});
