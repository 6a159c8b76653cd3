import fc from "fast-check";
import { expect, test } from "vitest";
import { edgeKey, graphOf, layoutOf } from "@/graph";
import { onboarding, someSpecs } from "@/graph/fixtures";
import { type Move, neighbour, stopsOf } from "./stops";

const graph = graphOf(onboarding, someSpecs);
const places = layoutOf(graph);
const wired = [...graph.ports].flatMap(([from, ports]) =>
  ports.flatMap(({ port, to }) => (to === undefined ? [] : [{ key: edgeKey({ from, port }), from, to }])),
);
const all = new Set(wired.map(({ key }) => key));
const way = (from: string, port: string) => `way:${edgeKey({ from, port })}`;

test("without counts, arrows go from card to card", () => {
  const stops = stopsOf(graph, places);
  expect([...stops.keys()].some((stop) => stop.startsWith("way:"))).toBe(false);
  expect(neighbour(graph, stops, "step:welcome", "down")).toBe("step:assets");
});

test("with counts, down and up lead over what stands on the way, left and right over its neighbours", () => {
  const stops = stopsOf(graph, places, all);
  const go = (from: string, move: Move) => neighbour(graph, stops, from, move);
  expect(go("step:assets", "down")).toBe(way("assets", "got"));
  expect(go(way("assets", "got"), "right")).toBe(way("assets", "timeout"));
  expect(go(way("assets", "timeout"), "left")).toBe(way("assets", "got"));
  expect(go(way("assets", "got"), "left")).toBeUndefined();
  expect(go(way("assets", "timeout"), "down")).toBe("step:remind");
  expect(go("step:remind", "up")).toBe(way("assets", "timeout"));
  expect(go(way("assets", "timeout"), "up")).toBe("step:assets");
  expect(go("step:welcome", "last")).toMatch(/^step:/);
});

test("a way without a count is no stop: arrows lead past it", () => {
  const stops = stopsOf(graph, places, new Set([edgeKey({ from: "assets", port: "timeout" })]));
  expect(neighbour(graph, stops, "step:assets", "down")).not.toMatch(/^way:/);
  expect(neighbour(graph, stops, "step:remind", "up")).toBe(way("assets", "timeout"));
});

test("whatever has a count, every arrow ends on a stop, and a way lies between the steps that it joins", () => {
  const move = fc.constantFrom<Move>("up", "down", "left", "right", "first", "last");
  fc.assert(
    fc.property(fc.subarray(wired), fc.array(move, { maxLength: 12 }), (counted, moves) => {
      const stops = stopsOf(graph, places, new Set(counted.map(({ key }) => key)));
      for (const { key, from, to } of counted) {
        expect(neighbour(graph, stops, `way:${key}`, "up")).toBe(`step:${from}`);
        expect(neighbour(graph, stops, `way:${key}`, "down")).toBe(`step:${to}`);
      }
      let at = "step:welcome";
      for (const one of moves) {
        at = neighbour(graph, stops, at, one) ?? at;
        expect(stops.has(at)).toBe(true);
      }
    }),
  );
});
