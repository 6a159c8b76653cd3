import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import { SendEventDialog } from "./SendEventDialog";

const lists = {
  "GET /v1/contacts": () => ({ items: [], next: null }),
  "GET /v1/event-types": () => ({
    items: [
      { type: "purchase.completed", platform: false, data: [{ key: "order_id", label: "Order", type: "text" }] },
      { type: "tag.added", platform: true, data: [] },
    ],
  }),
};

beforeEach(() => {
  vi.stubGlobal(
    "EventSource",
    class {
      readyState = 0;
      addEventListener() {}
      close() {}
    },
  );
});

test("an event is posted under a key, and its verdicts are shown", async () => {
  let asked = 0;
  let key: string | null = null;
  const calls = serve({
    ...lists,
    "POST /v1/events": (request) => {
      key = request.headers.get("Idempotency-Key");
      return Response.json({ accepted: 1, events: [{ id: "evt_1", duplicate: false }] }, { status: 202 });
    },
    "GET /v1/events/evt_1": () => ({
      id: "evt_1",
      verdicts:
        asked++ === 0
          ? []
          : [{ verdict: "ignored", workflow: null, version: null, reason: "", values: [], enrollment: null }],
    }),
  });
  show(<SendEventDialog onClose={vi.fn()} />);
  await screen.findByDisplayValue(/"order_id": "test-1"/);
  await userEvent.type(screen.getByRole("textbox", { name: "Contact" }), "me@example.com");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("Accepted; its turn comes in a moment.");
  await screen.findByText("No active workflow names this type of event.", {}, { timeout: 5_000 });
  expect(calls.find((c) => c.call.startsWith("POST"))?.body).toEqual({
    type: "purchase.completed",
    contact: { email: "me@example.com" },
    data: { order_id: "test-1" },
  });
  expect(key).toMatch(/^[0-9a-f-]{36}$/);
});

test("data that is no JSON cannot be sent", async () => {
  serve(lists);
  show(<SendEventDialog onClose={vi.fn()} email="me@example.com" />);
  const data = await screen.findByDisplayValue(/"order_id"/);
  await userEvent.clear(data);
  await userEvent.type(data, "[[1]");
  expect(screen.getByText(/Data must be an object/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Send" })).toHaveProperty("disabled", true);
});
