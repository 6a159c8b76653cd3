// @vitest-environment node
import { expect, test } from "vitest";
import type { NodeSpec } from "@/graph";
import { searchSpecs } from "./search";

const spec = (type: string, title: string, group: string, available = true): NodeSpec => ({
  type,
  title,
  group,
  available,
  description: `Does what ${type} says.`,
  icon: "x",
  kind: "store",
  main_port: "next",
  ports: ["next"],
  ports_from: "",
  ports_when: {},
  initial: {},
  schema: {},
});

const all = [
  spec("wait", "Wait", "Timing"),
  spec("wait_event", "Wait for an event", "Timing"),
  spec("sms", "Send SMS", "Messages", false),
  spec("email", "Send email", "Messages"),
  spec("emit", "Emit an event", "Workflows"),
];

test("without words everything is there, grouped, what cannot run last in its group", () => {
  const groups = searchSpecs(all, "");
  expect(groups.map((g) => g.title)).toEqual(["Timing", "Messages", "Workflows"]);
  expect(groups[1]?.specs.map((s) => s.type)).toEqual(["email", "sms"]);
});

test("every word must fit, and the group with the best title comes first", () => {
  expect(searchSpecs(all, "event em").map((g) => g.specs.map((s) => s.type))).toEqual([["emit"]]);
  expect(searchSpecs(all, "emi")[0]?.title).toBe("Workflows");
  expect(searchSpecs(all, "nothing like it")).toEqual([]);
});
