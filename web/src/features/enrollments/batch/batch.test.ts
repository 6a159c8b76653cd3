import { expect, test } from "vitest";
import type { Enrollment } from "../filter";
import { type Choice, forbidden, mostRows, orderOf, scopeOf } from "./batch";
import { paceWords, previewWords, timeFor } from "./words";

const row = (id: string, workflow: string, version: number | null) => ({ id, workflow, version }) as Enrollment;
const rows = (...list: Enrollment[]): Choice => ({ by: "rows", rows: list });

test("an order carries what belongs to its action, and nothing else", () => {
  const choice = rows(row("a", "shop", 1), row("b", "shop", 2));
  const said = { reason: "over", outcome: "failed" as const, node: "rest", port: "x", version: 7 };
  const filter = { ids: ["a", "b"] };
  expect(orderOf("exit", choice, said)).toEqual({ action: "exit", filter, reason: "over", outcome: "failed" });
  expect(orderOf("hold", choice, said)).toEqual({ action: "hold", filter, reason: "over" });
  expect(orderOf("move", choice, said)).toEqual({ action: "move", filter, node: "rest" });
  expect(orderOf("retry", choice, said)).toEqual({ action: "retry", filter });
  expect(orderOf("skip", { by: "filter", filter: { workflow: "shop", status: "held" } }, said)).toEqual({
    action: "skip",
    filter: { workflow: "shop", status: "held" },
  });
  const counted = { workflow: "shop", version: 2, test: false, step: "hello", step_status: "failed" as const };
  const started = { ...counted, started_from: "2026-03-01T00:00:00Z", started_to: "2026-03-31T00:00:00Z" };
  expect(orderOf("retry", { by: "filter", filter: started }, {})).toEqual({ action: "retry", filter: started });
});

test("a move needs one workflow, and its version when there is one only", () => {
  expect(scopeOf(rows(row("a", "shop", 1), row("b", "shop", 1)))).toEqual({ workflow: "shop", version: 1 });
  expect(scopeOf(rows(row("a", "shop", 1), row("b", "shop", 2)))).toEqual({ workflow: "shop" });
  expect(scopeOf(rows(row("a", "shop", 1), row("b", "club", 1)))).toBeNull();
  expect(scopeOf({ by: "filter", filter: { status: "held" } })).toBeNull();
  expect(forbidden("move", { by: "filter", filter: { status: "held" } })).toMatch(/one workflow/);
  expect(forbidden("exit", { by: "filter", filter: { status: "held" } })).toBeNull();
});

test("everybody at once, or more rows than can be named, is not offered", () => {
  expect(forbidden("exit", { by: "filter", filter: {} })).toMatch(/filter/);
  expect(forbidden("exit", { by: "filter", filter: { workflow: "shop", step: "hello" } })).toBeNull();
  const many = Array.from({ length: mostRows + 1 }, (_, i) => row(String(i), "shop", 1));
  expect(forbidden("exit", rows(...many))).toMatch(/1,000/);
  expect(forbidden("exit", rows(...many.slice(1)))).toBeNull();
});

test("a pace says how long it takes", () => {
  expect(timeFor(1200, "100/1m")).toBe(12 * 60_000);
  expect(timeFor(10, "5/2h")).toBe(4 * 3_600_000);
  for (const none of ["", "100", "0/1m", "100/0m", "100/1x", "much"]) expect(timeFor(1, none)).toBeNull();
  expect(paceWords(1200, "100/1m")).toBe("It takes about 12 min.");
  expect(paceWords(10, "")).toBe("Empty: 50 a second. It takes a moment.");
  expect(paceWords(10, "fast")).toMatch(/100\/1m/);
});

test("what an order would do is said in words", () => {
  const counts = { matched: 12, examined: 12, complete: true, allowed: 10, refused: 2 };
  expect(previewWords(counts)).toBe("It can be done for 10 of 12 enrollments, and would be refused for 2.");
  expect(previewWords({ ...counts, allowed: 12, refused: 0 })).toBe("It can be done for all 12 enrollments.");
  expect(previewWords({ ...counts, matched: 0, allowed: 0, refused: 0 })).toBe("Nobody is selected by this.");
  expect(previewWords({ ...counts, matched: 9000, complete: false })).toBe(
    "The first 12 of 9,000 enrollments were looked at: it can be done for 10, and would be refused for 2.",
  );
});
