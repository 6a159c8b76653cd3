import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Definition,
  edgeKey,
  graphOf,
  layoutOf,
  meetings,
  placesOf,
  type Rect,
  setPosition,
  stepOrder,
  treeOf,
} from "..";
import { branchOf, flow, onboarding, someSpecs as specs, step } from "../fixtures";
import { grown } from "../growing";
import { large } from "../large";

const layout = (definition: Definition) => layoutOf(graphOf(definition, specs));
const middle = (rect: Rect | undefined) => rect && rect.x + rect.width / 2;
const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("the layout", () => {
  it("finds where ways meet again, the widest place where several do", () => {
    const two = flow({
      a: branchOf({ yes: "b", else: "end" }, "yes"),
      b: branchOf({ big: "c", else: "end" }, "big"),
      c: step("wait", "end"),
      end: step("wait"),
    });
    const slots = [...meetings(graphOf(two, specs))].map(([join, gap]) => [join, [gap.slot, ...gap.also].map(edgeKey)]);
    expect(slots).toEqual([["end", ["a:else", "b:else", "c:next"]]]);
    const open = flow({ a: branchOf({ yes: "b" }, "yes"), b: step("wait", "c"), c: step("wait") });
    expect(meetings(graphOf(open, specs)).size).toBe(0);
  });

  it("puts branches side by side and centres what joins them", () => {
    const { steps, caps, triggers } = layout(onboarding);
    expect(middle(steps.get("welcome"))).toBe(0);
    expect(middle(steps.get("vip"))).toBe(0);
    expect(middle(steps.get("day7"))).toBe(0);
    expect(middle(steps.get("call"))).toBeLessThan(0);
    expect(middle(triggers.get("signed"))).toBe(0);
    expect([...caps.keys()]).toEqual([]);
  });

  it("draws every edge and every open way, and no card over another", () => {
    fc.assert(
      fc.property(grown, (definition) => {
        const graph = graphOf(definition, specs);
        const { steps, routes, bounds } = layoutOf(graph);
        const rects = [...steps.values()];
        expect(rects).toHaveLength(graph.order.length);
        for (const [i, a] of rects.entries()) {
          for (const b of rects.slice(i + 1)) expect(overlap(a, b)).toBe(false);
        }
        for (const port of [...graph.ports.values()].flat().filter((one) => !one.quiet)) {
          const route = routes.get(edgeKey(port));
          expect(route?.points.length).toBeGreaterThan(1);
          for (const { x, y } of route?.points ?? []) {
            expect(x >= bounds.x && x <= bounds.x + bounds.width && y <= bounds.y + bounds.height).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("keeps room for notes: no card lies on one, and no way of a fork", () => {
    const notes = fc.tuple(grown, fc.func(fc.boolean()));
    fc.assert(
      fc.property(notes, ([definition, noted]) => {
        const graph = graphOf(definition, specs);
        const drawn = layoutOf(graph, new Set(graph.order.filter((id) => noted(id))));
        expect([...drawn.notes.keys()].toSorted()).toEqual(graph.order.filter((id) => noted(id)).toSorted());
        const rects = [...drawn.steps.values(), ...drawn.notes.values()];
        for (const [i, a] of rects.entries()) {
          for (const b of rects.slice(i + 1)) expect(overlap(a, b)).toBe(false);
        }
        for (const { plus } of drawn.routes.values()) {
          const under = [...drawn.notes.values()].some((rect) => overlap(rect, { ...plus, width: 1, height: 1 }));
          expect(under).toBe(false);
        }
        const { x, width } = drawn.bounds;
        for (const note of drawn.notes.values()) expect(note.x + note.width).toBeLessThanOrEqual(x + width);
      }),
      { numRuns: 100 },
    );
  });

  it("is the same every time", () => {
    const again = structuredClone(onboarding);
    expect(layout(again)).toEqual(layout(onboarding));
  });

  it("leads a way back along the side", () => {
    const loop = flow({
      ask: step("email", "wait"),
      wait: branchOf({ no: "ask", else: "done" }, "no"),
      done: step("end"),
    });
    const route = layout(loop).routes.get("wait:no");
    expect(route?.jump).toBe(true);
  });

  it("keeps the places that are given and moves along what hangs on them", () => {
    const auto = layout(onboarding).steps;
    const placed = layout(setPosition(onboarding, "vip", { x: 500, y: 900 })).steps;
    expect(placed.get("vip")).toMatchObject({ x: 500, y: 900 });
    expect(placed.get("welcome")).toEqual(auto.get("welcome"));
    const shift = 500 - (auto.get("vip")?.x ?? 0);
    expect(placed.get("call")?.x).toBe((auto.get("call")?.x ?? 0) + shift);
  });

  it("lays 500 steps out in a moment", () => {
    const definition = large(500);
    const before = performance.now();
    const { steps } = layout(definition);
    const took = performance.now() - before;
    process.stdout.write(`layout of ${steps.size} steps: ${took.toFixed(1)} ms\n`);
    expect(steps.size).toBe(500);
    expect(took).toBeLessThan(1000);
  });
});

describe("the order", () => {
  it("names every step once, each after one that leads to it", () => {
    fc.assert(
      fc.property(grown, (definition) => {
        const graph = graphOf(definition, specs);
        const order = stepOrder(graph);
        expect([...order].sort()).toEqual([...graph.order].sort());
        const rank = new Map(order.map((id, i) => [id, i]));
        for (const id of order) {
          const over = graph.idom.get(id) ?? "";
          if (rank.has(over)) expect(rank.get(over)).toBeLessThan(rank.get(id) ?? 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("says where a step stands", () => {
    const graph = graphOf(onboarding, specs);
    expect(stepOrder(graph)).toEqual(["welcome", "assets", "remind", "vip", "call", "day7", "strategy", "done"]);
    const places = placesOf(graph);
    expect(places.get("remind")).toMatchObject({
      number: 3,
      of: 8,
      depth: 1,
      branch: { from: "assets", port: "timeout" },
      up: "assets",
      down: "vip",
    });
    expect(places.get("day7")).toMatchObject({ up: "vip", down: "strategy", depth: 0 });
  });

  it("knows neighbours in other branches", () => {
    const graph = graphOf(
      flow({ b: branchOf({ x: "x1", y: "y1" }, "x", "y"), x1: step("wait", "x2"), x2: step("wait"), y1: step("wait") }),
      specs,
    );
    expect(placesOf(graph).get("x2")?.right).toBe("y1");
    expect(placesOf(graph).get("y1")?.left).toBe("x1");
    expect(treeOf(graph).main[0]?.ways.map((way) => [way.port.port, way.leads])).toEqual([
      ["x", "inside"],
      ["y", "inside"],
      ["else", "end"],
    ]);
  });
});
