// @vitest-environment node
import { expect, test } from "vitest";
import type { PublishResult } from "../queries";
import { asked, atFirst, becomes, gone, type Place, undecided } from "./flight";

const place = (more: Partial<Place>): Place => ({ node: "rest", waiting: 2, becomes: "rest", fires_now: 0, ...more });
const name = (id: string) => `“${id}”`;

test("what is about moving is sent only where people are moved", () => {
  const flight = { ...atFirst, map: { old: "new" }, spread: "100/1h" };
  expect(asked({ ...flight, in_flight: "stay" })).toEqual(atFirst);
  expect(asked({ ...flight, in_flight: "exit" })).toEqual({ ...atFirst, in_flight: "exit" });
  expect(asked({ ...flight, in_flight: "migrate" })).toEqual({ ...flight, in_flight: "migrate" });
});

test.each([
  [{ way: "carry" }, "stay where they are"],
  [{ way: "carry", becomes: "pause" }, "go on waiting in “pause”"],
  [{ way: "enter", becomes: "mail" }, "begin “mail”"],
  [{ way: "stay" }, "finish on their version"],
  [{ way: "exit", becomes: null }, "leave the workflow"],
  [{ way: "later" }, "are moved after the action that is under way"],
] as const)("%o is said in words", (more, words) => expect(becomes(place(more), name)).toBe(words));

test("steps that are gone can be led elsewhere, and stay in the list when they are", () => {
  const lost = place({ node: "old", class: "deleted", way: "stay" });
  expect(gone([place({ class: "same" }), lost, { ...lost, way: "exit" }], undefined)).toEqual(["old"]);
  const led = place({ node: "old", class: "mapped", becomes: "new", way: "carry" });
  expect(gone([led], { old: "new" })).toEqual(["old"]);
  expect(gone([place({ node: "", class: "deleted" })], undefined)).toEqual([]);
});

test("many who would go on at once need an answer", () => {
  const leaving = { count: 412, limit: 100, decide: true, spread: "100/1h", until: null };
  const result: PublishResult = {
    version: 2,
    hash: "h",
    changed: true,
    in_flight: { stay: 0, migrate: 412, exit: 0 },
    problems: [],
    leaving,
  };
  const flight = { ...atFirst, in_flight: "migrate" as const };
  expect(undecided(result, flight)).toMatch(/pace/);
  expect(undecided(result, { ...flight, spread: "none" })).toBeNull();
  expect(undecided({ ...result, leaving: { ...leaving, count: 12, decide: false } }, flight)).toBeNull();
  expect(undecided(result, atFirst)).toBeNull();
});
