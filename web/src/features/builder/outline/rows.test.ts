// @vitest-environment node
import { expect, test } from "vitest";
import { ENTRY, type NodeSpec, specsOf } from "@/graph";
import { gapsOf, outlineOf, type Row, stepsOf } from "./rows";

const spec = (type: string, main_port: string, ports: string[], ports_from = ""): NodeSpec => ({
  type,
  main_port,
  ports,
  ports_from,
  title: type,
  group: "",
  icon: "",
  description: "",
  kind: "store",
  ports_when: {},
  initial: {},
  available: true,
  schema: {},
});
const specs = specsOf([
  spec("wait", "next", ["next"]),
  spec("email", "next", ["next", "error"]),
  spec("branch", "", ["else"], "branches[].id"),
  spec("end", "", []),
]);

const write = (rows: Row[]): unknown[] =>
  rows.map((row) => {
    if (row.kind === "step")
      return row.ways.length > 0 ? [row.id, row.ways.map((w) => [w.slot.port, write(w.rows)])] : row.id;
    return row.kind === "jump" ? `→ ${row.to}` : "end";
  });

test("branches nest up to where they meet", () => {
  const { main, count } = outlineOf(
    {
      key: "k",
      start: "a",
      nodes: {
        a: { type: "email", next: "b" },
        b: { type: "branch", with: { branches: [{ id: "big" }] }, next: { big: "c", else: "d" } },
        c: { type: "wait", next: "d" },
        d: { type: "end" },
      },
    },
    specs,
  );
  expect(main.slot).toEqual(ENTRY);
  expect(write(main.rows)).toEqual([
    "a",
    [
      "b",
      [
        ["big", ["c"]],
        ["else", []],
      ],
    ],
    "d",
  ]);
  expect(count).toBe(4);
});

test("behind branches that meet again a step can be put for all of them", () => {
  const definition = {
    key: "k",
    start: "b",
    nodes: {
      b: { type: "branch", with: { branches: [{ id: "big" }] }, next: { big: "c", else: "d" } },
      c: { type: "wait", next: "d" },
      d: { type: "wait" },
    },
  };
  const { main } = outlineOf(definition, specs);
  expect(gapsOf(main, definition, specs)).toEqual([
    { slot: ENTRY, also: [] },
    { slot: { from: "b", port: "else" }, also: [{ from: "c", port: "next" }] },
    { slot: { from: "d", port: "next" }, also: [] },
    null,
  ]);
});

test("a way back is a jump, an open way ends, and what nothing leads to stands apart", () => {
  const { main, islands } = outlineOf(
    {
      key: "k",
      start: "a",
      nodes: {
        a: { type: "wait", next: "b" },
        b: { type: "branch", with: { branches: [{ id: "again" }] }, next: { again: "a" } },
        alone: { type: "wait" },
      },
    },
    specs,
  );
  expect(write(main.rows)).toEqual([
    "a",
    [
      "b",
      [
        ["again", ["→ a"]],
        ["else", ["end"]],
      ],
    ],
  ]);
  expect(islands.map((w) => write(w.rows))).toEqual([["alone", "end"]]);
  expect(stepsOf(main.rows)).toEqual(["a", "b"]);
});

test("an empty workflow has one place", () => {
  expect(outlineOf({ key: "k" }, specs).main.rows).toEqual([{ kind: "end" }]);
});
