import { expect, test } from "vitest";
import { rows } from "./rows";

test("steps stand in rows by their distance from the start, each once", () => {
  const places = rows({
    start: "a",
    nodes: {
      a: { type: "branch", next: { yes: "b", else: "c" } },
      b: { type: "email", next: "d" },
      c: { type: "wait", next: "d" },
      d: { type: "wait", next: "a" },
    },
  });
  expect(places.map((p) => [p.id, p.row, p.column])).toEqual([
    ["a", 0, 0],
    ["b", 1, -0.5],
    ["c", 1, 0.5],
    ["d", 2, 0],
  ]);
});

test("a draft without a start has no drawing", () => {
  expect(rows({ nodes: { a: { type: "end" } } })).toEqual([]);
});
