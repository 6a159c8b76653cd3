import { expect, test } from "vitest";
import { passageOf } from "./passage";

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
