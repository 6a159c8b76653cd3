// @vitest-environment node
import { expect, test } from "vitest";
import { someSpecs } from "@/graph/fixtures";
import { foundWords, stepFinder } from "./find";

const definition = {
  key: "course",
  start: "hello",
  nodes: {
    hello: { type: "email", name: "Welcome", with: { template: { key: "agency-day-7" } }, next: "pause" },
    pause: { type: "wait", note: "Legal wants a WELCOME pause here.", with: { for: "2d" }, next: "mark" },
    mark: { type: "tag_add", with: { tags: ["vip", "day-7-read"] } },
    lost: { type: "webhook", with: { url: "https://crm.example/deals" } },
  },
};
const look = stepFinder(definition, someSpecs, { hello: "Send “agency-day-7”", pause: "Wait 2 days" });
const ids = (query: string) => look(query).map((step) => step.id);

test("steps are found by name, type, summary, note and text of a setting, in reading order", () => {
  expect(ids("")).toEqual(["hello", "pause", "mark", "lost"]);
  expect(ids("HTTP call")).toEqual(["lost"]);
  expect(ids("2 days")).toEqual(["pause"]);
  expect(ids("day-7")).toEqual(["hello", "mark"]);
  expect(ids("crm.example")).toEqual(["lost"]);
  expect(ids("tag vip")).toEqual(["mark"]);
  expect(ids("nothing of that")).toEqual([]);
});

test("what is called so comes first, and the rest says where the words stand", () => {
  expect(look("welcome").map(({ id, line }) => [id, line])).toEqual([
    ["hello", "Send email · Send “agency-day-7”"],
    ["pause", "Note: Legal wants a WELCOME pause here."],
  ]);
  expect(look("read")[0]?.line).toBe("tags: day-7-read");
});

test("a long setting is cut around the words", () => {
  const body = `${"lorem ipsum ".repeat(20)}needle ${"dolor sit ".repeat(20)}`;
  const nodes = { hello: { type: "email", with: { body } } };
  const [found] = stepFinder({ key: "k", start: "hello", nodes }, someSpecs, {})("needle");
  expect(found?.line).toMatch(/^….*needle.*…$/);
  expect(found?.line.length).toBeLessThan(100);
});

test("the count is one of steps", () => {
  expect([0, 1, 2].map(foundWords)).toEqual(["0 steps", "1 step", "2 steps"]);
});
