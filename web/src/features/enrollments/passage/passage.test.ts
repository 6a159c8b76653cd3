import { expect, test } from "vitest";
import { overlayOf, withFigures } from "./overlay";
import { passageOf } from "./passage";
import { readPassageSearch } from "./search";

test("a passage is the visits and the ways between them", () => {
  const path = passageOf([
    { node: "mail", status: "done", port: "next" },
    { node: "vip", status: "done", port: "else" },
    { node: "rest", status: "waiting", port: null, open: true },
  ]);
  expect(path.edges).toEqual(["@start:start", "mail:next", "vip:else"]);
  expect(path.active).toBe("rest");
  expect(path.nodes.vip).toEqual({ status: "done", visits: 1 });
});

test("the way begins at the trigger that enrolled", () => {
  const steps = [{ node: "mail", status: "done", port: "next" }];
  expect(passageOf(steps, "bought").edges).toEqual(["trigger:bought", "@start:start", "mail:next"]);
  expect(passageOf([], "bought").edges).toEqual(["trigger:bought"]);
});

test("a loop counts its visits and shows the last one", () => {
  const path = passageOf([
    { node: "a", status: "done", port: "next" },
    { node: "b", status: "done", port: "next" },
    { node: "a", status: "held", port: null, open: true },
  ]);
  expect(path.nodes.a).toEqual({ status: "held", visits: 2 });
  expect(path.active).toBe("a");
});

test("who has not begun has no path", () => {
  expect(passageOf([])).toEqual({ nodes: {}, edges: [], active: null });
});

test("figures lie over a path: what was taken stays drawn, and every step has its counts", () => {
  const path = overlayOf(passageOf([{ node: "a", port: "next", status: "done" }]), { a: "until noon" });
  const figures = {
    nodes: { a: { label: "3 entered", foot: "3" }, b: { label: "1 entered", foot: "1" } },
    edges: new Set<string>(),
    edgeLabels: { x: "3" },
    ways: new Set(["x"]),
    dim: false,
  };
  const both = withFigures(path, figures);
  expect(both.nodes).toEqual({
    a: { state: "done", label: "until noon; 3 entered", foot: "3" },
    b: { label: "1 entered", foot: "1" },
  });
  expect(both.edges).toBe(path.edges);
  expect(both).toMatchObject({ edgeLabels: { x: "3" }, dim: false });
});

test("the address of an enrollment keeps its step and its figures", () => {
  const search = { step: "a", figures: "true", range: "7d", version: 3 };
  expect(readPassageSearch(search)).toEqual({ step: "a", figures: true, range: "7d" });
  expect(readPassageSearch({ figures: "yes", step: "" })).toEqual({});
});
