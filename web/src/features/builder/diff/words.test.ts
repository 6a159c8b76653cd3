// @vitest-environment node
import { expect, test } from "vitest";
import type { Definition } from "@/graph";
import { someSpecs } from "@/graph/fixtures";
import { changesBetween } from "./changes";
import { inWords } from "./words";

const from: Definition = {
  key: "k",
  start: "a",
  triggers: [{ id: "x", event: "form.submitted" }],
  nodes: {
    a: { type: "email", name: "Welcome", with: { subject: "Hi" }, next: "b" },
    b: { type: "wait", with: { for: "1d" } },
  },
};

const words = (to: Definition) => inWords(changesBetween(from, to), { from, to, specs: someSpecs });

test("the order of keys and the places of cards are no change", () => {
  expect(
    words({
      ...from,
      layout: { a: { x: 1, y: 2 } },
      nodes: { b: from.nodes?.b ?? { type: "" }, a: from.nodes?.a ?? { type: "" } },
    }),
  ).toEqual([]);
});

test("a changed setting is shown under its step, with both values", () => {
  const to = {
    ...from,
    nodes: { ...from.nodes, a: { type: "email", name: "Welcome", with: { subject: "Hello" }, next: "b" } },
  };
  expect(words(to)).toEqual([
    {
      key: "node a",
      title: "Step Welcome",
      node: "a",
      op: "change",
      lines: [{ op: "replace", what: "Subject", before: "Hi", after: "Hello" }],
    },
  ]);
});

test("new, removed and rewired steps read as such", () => {
  const to: Definition = {
    ...from,
    nodes: {
      a: { type: "email", name: "Welcome", with: { subject: "Hi" }, next: "c" },
      c: { type: "wait", with: { for: "1d" } },
    },
  };
  expect(words(to).map((g) => [g.title, g.op, g.lines[0]?.before, g.lines[0]?.after])).toEqual([
    ["Step Welcome", "change", "Wait (b)", "Wait (c)"],
    ["Step Wait (c)", "add", undefined, undefined],
    ["Step Wait (b)", "remove", undefined, undefined],
  ]);
});

test("triggers are told apart by their ids, not by their places", () => {
  const to = {
    ...from,
    triggers: [
      { id: "y", manual: true as const },
      { id: "x", event: "form.sent" },
    ],
  };
  expect(words(to).map((g) => [g.title, g.op])).toEqual([
    ["Trigger x", "change"],
    ["Trigger y", "add"],
  ]);
});
