import { expect, test } from "vitest";
import type { Definition } from "@/graph";
import { awaitedTypes, callingNodes, type RehearseForm, requestOf, triggerTypes } from "./request";

const definition: Definition = {
  key: "w",
  triggers: [
    { id: "a", event: "contract.signed" },
    { id: "b", event: "contract.signed" },
    { id: "c", manual: true },
  ],
  exits: [{ id: "x", event: "contract.canceled" }],
  nodes: {
    wait: { type: "wait_event", with: { events: [{ id: "got", event: "assets.uploaded" }, {}] } },
    ask: { type: "approval", with: { to: "owner", subject: "Go on?", timeout: "2d" } },
    call: { type: "webhook", name: "Book" },
  },
};

const form: RehearseForm = {
  example: false,
  exampleText: "{}",
  trigger: "contract.signed",
  triggerText: '{"amount": 1}',
  events: [{ at: " 3d ", type: "assets.uploaded", text: "" }],
  stubs: { call: { status: 500, text: '{"a":1}' } },
  startAt: "",
};

test("a definition says what is worth asking for", () => {
  expect(triggerTypes(definition)).toEqual(["contract.signed", "manual"]);
  expect(awaitedTypes(definition)).toEqual(["assets.uploaded", "workflow.decided", "contract.canceled"]);
  expect(callingNodes(definition)).toEqual([{ id: "call", name: "Book" }]);
});

test("a form becomes a request", () => {
  expect(requestOf(form, "con_1")).toEqual({
    request: {
      contact: { id: "con_1" },
      trigger: { type: "contract.signed", data: { amount: 1 } },
      events: [{ at: "3d", type: "assets.uploaded", data: {} }],
      stubs: { call: { status: 500, body: { a: 1 } } },
    },
  });
  expect(requestOf({ ...form, example: true, exampleText: '{"email":"x@y.z"}' }, "con_1")).toMatchObject({
    request: { contact: { email: "x@y.z" } },
  });
});

test("what is no JSON is named", () => {
  const bad = { ...form, triggerText: "{", stubs: { call: { status: 200, text: "{" } } };
  expect(requestOf({ ...bad, events: [{ at: "1d", type: "a.b", text: "[]" }] }, null)).toEqual({
    wrong: {
      trigger: expect.any(String),
      "event.0": expect.any(String),
      "stub.call": expect.any(String),
    },
  });
});
