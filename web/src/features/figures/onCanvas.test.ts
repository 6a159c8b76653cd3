import { expect, test } from "vitest";
import { type Definition, graphOf, specsOf } from "@/graph";
import { onCanvas, stepFigureWords, wayWords } from "./onCanvas";
import { peopleOf } from "./people";
import type { Analytics, NodeFigures } from "./queries";

const zero = {
  active: 0,
  active_now: 0,
  done: 0,
  failed: 0,
  unknown: 0,
  dropped: 0,
  suppressed: 0,
  skipped: 0,
  exited: 0,
  canceled: 0,
  open: 0,
  errors: 0,
  ended: 0,
  lost: 0,
  drop_off: null,
  ports: {},
};
const node = (id: string, entries: number, more: Partial<NodeFigures> = {}): NodeFigures => ({
  ...zero,
  node: id,
  type: "tag_add",
  title: id,
  entries,
  ...more,
});

const analytics = (nodes: NodeFigures[], more: Partial<Analytics> = {}): Analytics => ({
  workflow: "leads",
  version: null,
  from: "2026-03-01T00:00:00Z",
  to: "2026-03-31T00:00:00Z",
  timezone: "UTC",
  currency: "EUR",
  enrolled: 11,
  active: 0,
  finished: 0,
  completed: 0,
  exited: 0,
  failed: 0,
  succeeded: 0,
  completion_rate: null,
  error_rate: null,
  steps: 0,
  errors: 0,
  drop_off: null,
  time_to_completion: { avg_s: null, p50_s: null, p90_s: null },
  excess_s: { p50: null, p90: null },
  lateness_s: { p50: null, p99: null, max: null },
  saved: { hours: 0, amount: 0 },
  impact: null,
  active_now: 0,
  throughput: { enrollments_per_hour: null, enrollments_per_day: null, steps_per_hour: null, steps_per_day: null },
  series: [],
  nodes,
  versions: [],
  ...more,
});

const definition: Definition = {
  key: "leads",
  start: "hello",
  nodes: { hello: { type: "tag_add", next: "bye" }, bye: { type: "tag_add" } },
};
const graph = graphOf(definition, specsOf([]));

test("each step and each way has the figures of its node and port", () => {
  const found = onCanvas(analytics([node("hello", 11, { ports: { next: 8 } }), node("bye", 8)]), graph);
  expect(found.nodes.hello?.entries).toBe(11);
  expect(found.ways["hello:next"]).toEqual({ count: 8, share: 8 / 11 });
  expect(found.ways["@start:start"]).toEqual({ count: 11, share: null });
});

test("a way out of a step that nobody came to has no share", () => {
  const found = onCanvas(analytics([node("hello", 0)]), graph);
  expect(found.ways["hello:next"]).toEqual({ count: 0, share: null });
});

test("steps that are not drawn are told apart, and only those that somebody came to", () => {
  const found = onCanvas(analytics([node("old", 3), node("older", 0)]), graph);
  expect(found.nodes.old).toBeUndefined();
  expect(found.elsewhere.map((n) => n.node)).toEqual(["old"]);
});

test("the drop-off step is marked only where it is drawn", () => {
  const drop_off = { node: "bye", title: "Bye", rate: 0.5, entries: 8, ended: 4, words: "" };
  expect(onCanvas(analytics([node("bye", 8)], { drop_off }), graph).worst).toBe("bye");
  expect(onCanvas(analytics([], { drop_off: { ...drop_off, node: "old" } }), graph).worst).toBeNull();
});

test("a step's figures and a way's are said in words", () => {
  const n = node("hello", 1204, { done: 1000, active_now: 3, lost: 5 });
  expect(stepFigureWords(n, true)).toBe("1,204 entered, 3 here now, 1,000 done, 5 lost here, the greatest drop-off");
  expect(wayWords({ count: 36, share: 0.9 })).toBe("36 · 90 %");
  expect(wayWords({ count: 0, share: null })).toBe("0");
});

test("a count leads to those whom it counts: of the same start and version, tests left out", () => {
  const a = analytics([], { version: 2 });
  const started = { started_from: a.from, started_to: a.to };
  const all = { workflow: "leads", version: 2, test: false };
  expect(peopleOf(a, { what: "failed", node: "hello" })).toEqual({
    ...all,
    ...started,
    step: "hello",
    step_status: "failed",
  });
  expect(peopleOf(a, { what: "entered", node: "hello" })).toEqual({ ...all, ...started, step: "hello" });
  expect(peopleOf(a, { what: "lost", node: "hello" })).toEqual({ ...all, ...started, node: "hello", success: false });
  expect(peopleOf(a, { what: "left", node: "hello", port: "next" })).toEqual({
    ...all,
    ...started,
    step: "hello",
    step_port: "next",
  });
  expect(peopleOf(a, { what: "here", node: "hello" }), "whenever they started").toEqual({
    ...all,
    node: "hello",
    active: true,
  });
  expect(peopleOf(analytics([]), { what: "entered", node: "hello" }).version).toBeUndefined();
});
