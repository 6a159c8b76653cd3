// @vitest-environment node
import { expect, test } from "vitest";
import type { Result } from "./queries";
import { firstRange, requestOf } from "./range";
import { actualWords, endWords, entryWords, forecastWords } from "./words";

const month = { from: "2026-02-01T00:00:00Z", to: "2026-03-03T00:00:00Z" };
const hours = { from: "2026-03-01T00:00:00Z", to: "2026-03-01T12:00:00Z" };
const result = (entered: number, contacts = entered) => ({ entered, entered_contacts: contacts }) as Result;

test("who would have entered is said with its range and its rate", () => {
  expect(entryWords(month, result(1140))).toBe("1,140 would have entered in 30 days, about 38 a day.");
  expect(entryWords(month, result(12, 11))).toBe("12 would have entered in 30 days, about 0.4 a day (11 contacts).");
  expect(entryWords(hours, result(3))).toBe("3 would have entered in less than a day.");
  expect(entryWords(month, result(0))).toBe("Nobody would have entered in 30 days.");
});

test("the forecast never counts on more than a day has brought", () => {
  expect(forecastWords(month, result(1140))).toBe("About 38 a day would enter; 1,140 would have in 30 days.");
  expect(forecastWords(hours, result(6))).toBe("About 6 a day would enter; 6 would have in less than a day.");
  expect(forecastWords(month, result(0))).toBe("Nobody would have entered in 30 days.");
});

test("what really happened is compared by contacts", () => {
  const actual = { enrolled: 12, versions: [], ends: [], both: 10, only_backtest: 1, only_actual: 0 };
  expect(actualWords(actual)).toBe("12 really entered in that time; 10 contacts in both; 1 contact only now.");
  expect(actualWords({ ...actual, enrolled: 0 })).toMatch(/^In that time nobody/);
});

test("ends are words", () => {
  expect(endWords({ status: "inside", outcome: null, reason: null })).toBe("still inside");
  expect(endWords({ status: "failed", outcome: "failed", reason: "missing_value" })).toBe(
    "failed, failed, missing value",
  );
});

test("a range of days begins so many days ago; one of one's own is what was written", () => {
  const now = Date.parse("2026-03-31T00:00:00Z");
  expect(requestOf(firstRange, now)).toEqual({ draft: true, from: "2026-03-01T00:00:00.000Z" });
  expect(requestOf({ ...firstRange, days: "7", version: "3" }, now)).toEqual({
    version: 3,
    from: "2026-03-24T00:00:00.000Z",
  });
  const own = requestOf({ ...firstRange, days: "own", from: "2026-03-01T08:00", to: "" }, now);
  expect(own).toEqual({ draft: true, from: new Date("2026-03-01T08:00").toISOString() });
});
