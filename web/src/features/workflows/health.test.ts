import { expect, test } from "vitest";
import { reasonsOf, reconcileWords, toReview } from "./health";
import type { Health } from "./queries";

const at = "2026-03-02T09:00:00Z";
const equal = { start_pending: 0, lost: 0, ended_open: 0, other: 0 };

test("that Temporal has the same is said, and a difference by its causes", () => {
  const at = new Date(Date.now() - 40_000).toISOString();
  expect(reconcileWords({ at, ours: 41, temporal: 41, difference: 0, causes: equal, stale: false })).toEqual({
    words: expect.stringMatching(/^Temporal had the same 41 open 4\d seconds ago$/),
    equal: true,
  });
  const causes = { ...equal, start_pending: 2, ended_open: -1 };
  expect(reconcileWords({ at, ours: 41, temporal: 40, difference: 1, causes, stale: false })).toEqual({
    words: expect.stringMatching(
      /^41 inside against 40 that Temporal had open 4\d seconds ago: 2 not handed to Temporal yet, 1 ended, their run not closed yet$/,
    ),
    equal: false,
  });
});

test("causes that cancel each other out are no equality", () => {
  const causes = { ...equal, start_pending: 1, ended_open: -1 };
  expect(reconcileWords({ at, ours: 40, temporal: 40, difference: 0, causes, stale: false }).equal).toBe(false);
});

test("an old comparison is no equality", () => {
  const old = reconcileWords({ at, ours: 41, temporal: 41, difference: 0, causes: equal, stale: true });
  expect(old.equal).toBe(false);
  expect(old.words).toMatch(/^the last comparison with Temporal was .* ago$/);
});

test("nothing is claimed before anything was compared", () => {
  expect(reconcileWords(null).words).toMatch(/not compared/);
});

test("each reason to look names its number", () => {
  const review: Health["review"] = ["errors", "held", "silent", "no_owner"];
  expect(reasonsOf({ review, error_rate: 0.0645, held_now: 2 }).map((r) => r.words)).toEqual([
    "6.5 % errors",
    "2 held",
    "nobody came",
    "no owner",
  ]);
});

test("the review begins with the workflow that has most reasons", () => {
  const one = (name: string, review: Health["review"], error_rate: number | null) =>
    ({ name, review, error_rate }) as Health;
  const list = [
    one("Calm", [], 0.5),
    one("Beta", ["no_owner"], 0),
    one("Alpha", ["no_owner"], null),
    one("Faulty", ["errors"], 0.2),
    one("Worst", ["held", "no_owner"], 0),
  ];
  expect(toReview(list).map((w) => w.name)).toEqual(["Worst", "Faulty", "Alpha", "Beta"]);
});
