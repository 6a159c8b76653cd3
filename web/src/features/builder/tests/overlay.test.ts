import fc from "fast-check";
import { expect, test } from "vitest";
import { edgeKey } from "@/graph";
import { noLayers, topOf, withRun, withTests } from "./layers";
import { coverageOverlay, testOverlay } from "./overlay";
import type { Outcome } from "./results";

const name = (id: string) => id.toUpperCase();
const steps = (...walked: [node: string, port: string | null][]) =>
  walked.map(([node, port]) => ({ node, status: "done", port }));
const outcome = (more: Partial<Outcome>): Outcome => ({
  name: "t",
  passed: true,
  status: "completed",
  outcome: "success",
  path: [],
  steps: steps(["vip", "big"], ["call", "ok"], ["done", null]),
  diverged: null,
  ...more,
});

test("what no test walks is marked at the step and at the way", () => {
  const missing = [
    { node: "vip", port: "else" },
    { node: "small", port: "next" },
    { node: "end", port: "" },
  ];
  const { nodes, missed, edges, dim } = coverageOverlay({ ports: 6, taken: 3, missing, unvisited: ["small", "end"] });
  expect(nodes).toEqual({
    vip: { state: "partly", label: "No test leaves by “else”" },
    small: { state: "untested", label: "No test comes here" },
    end: { state: "untested", label: "No test comes here" },
  });
  expect(missed).toEqual(new Set([edgeKey({ from: "vip", port: "else" }), edgeKey({ from: "small", port: "next" })]));
  expect(edges.size).toBe(0);
  expect(dim).toBe(false);
});

test("the way of a test is drawn, with the ports by which it left", () => {
  const { nodes, edges } = testOverlay(outcome({}), name);
  expect(Object.keys(nodes)).toEqual(["vip", "call", "done"]);
  expect(edges.has(edgeKey({ from: "vip", port: "big" }))).toBe(true);
  expect(edges.has(edgeKey({ from: "vip", port: "else" }))).toBe(false);
  expect(Object.values(nodes).some((n) => n.state === "diverged")).toBe(false);
});

test("a test that fails shows where it left the way that was expected", () => {
  const drawn = (more: Partial<Outcome>) => testOverlay(outcome({ passed: false, ...more }), name).nodes;
  const otherwise = drawn({ diverged: { step: 1, expected: "small", came: "call" } });
  expect(otherwise.call).toEqual({ state: "diverged", label: "Came instead of SMALL" });
  expect(otherwise.small).toEqual({ state: "expected", label: "Expected as step 2" });
  const short = drawn({ diverged: { step: 3, expected: "small", came: null } });
  expect(short.done).toMatchObject({ state: "diverged", label: "Went no further; expected SMALL" });
  const long = drawn({ diverged: { step: 2, expected: null, came: "done" } });
  expect(long.done).toMatchObject({ state: "diverged", label: "Came after the expected end" });
  const other = drawn({ outcome: "neutral" });
  expect(other.done).toMatchObject({ state: "diverged", label: "Not as expected; neutral" });
  expect(drawn({ steps: [], status: null, outcome: null })).toEqual({});
});

test("every step that was walked is drawn, whatever diverged", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const way = fc.array(fc.tuple(id, fc.constantFrom("next", "else", null)), { maxLength: 8 });
  const where = fc.option(fc.record({ step: fc.nat(9), expected: fc.option(id), came: fc.option(id) }));
  fc.assert(
    fc.property(way, where, (walked, diverged) => {
      const { nodes, edges } = testOverlay(outcome({ passed: false, steps: steps(...walked), diverged }), name);
      for (const [node, port] of walked) {
        expect(nodes[node]).toBeDefined();
        if (port) expect(edges.has(edgeKey({ from: node, port }))).toBe(true);
      }
    }),
  );
});

test("a run that begins lies on top, and what somebody asks for after it", () => {
  const run = { nodes: {}, edges: new Set<string>() };
  const tests = { nodes: {}, edges: new Set<string>() };
  let layers = withTests(noLayers, tests, false);
  expect(topOf(layers)).toBe(tests);
  layers = withRun(layers, run);
  expect(topOf(layers)).toBe(run);
  layers = withTests(layers, tests, false);
  expect(topOf(layers)).toBe(run);
  layers = withTests(layers, tests, true);
  layers = withRun(layers, { ...run });
  expect(topOf(layers)).toBe(tests);
  expect(topOf(withTests(layers, null, true))).toEqual(run);
});
