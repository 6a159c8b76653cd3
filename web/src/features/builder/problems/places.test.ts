// @vitest-environment node
import { expect, test } from "vitest";
import { someSpecs } from "@/graph/fixtures";
import type { Problem } from "../queries";
import { chipWords, nextPlace, placesOf, withoutQuiet } from "./places";

const problem = (node: string, path: string, severity: Problem["severity"] = "error"): Problem => ({
  severity,
  node,
  path,
  code: "required",
  message: "must be given",
  hint: "",
});

const definition = {
  key: "k",
  triggers: [{ id: "signed", event: "contract.signed" }],
  nodes: { a: { type: "email", name: "Welcome" }, b: { type: "wait" } },
};

const all = [
  problem("b", "/nodes/b/with/for"),
  problem("a", "/nodes/a/with/subject"),
  problem("a", "/nodes/a/with/body"),
  problem("", "/triggers/0/event", "warning"),
  problem("", "/settings/timezone"),
];

test("problems stand where they are, in the order of the document", () => {
  const places = placesOf(all, definition, someSpecs);
  expect(places.map((p) => [p.title, p.errors])).toEqual([
    ["Workflow", 1],
    ["Trigger signed", 0],
    ["Welcome", 2],
    ["Wait (b)", 1],
  ]);
});

test("the chip counts places with errors, and walks around them", () => {
  const places = placesOf(all, definition, someSpecs);
  expect(chipWords(places)).toBe("3 places to finish");
  expect(chipWords(placesOf(all.slice(0, 3), definition, someSpecs))).toBe("2 steps to finish");
  expect(chipWords(placesOf(all.slice(3, 4), definition, someSpecs))).toBeNull();
  expect(nextPlace(places, null)?.title).toBe("Workflow");
  expect(nextPlace(places, "a")?.title).toBe("Wait (b)");
  expect(nextPlace(places, "b")?.title).toBe("Workflow");
});

test("what is new is quiet", () => {
  expect(withoutQuiet(all, new Set(["a"])).map((p) => p.path)).not.toContain("/nodes/a/with/subject");
});
