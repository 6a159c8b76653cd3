import { expect, test } from "vitest";
import { addDays, askedFor, dayIn, dayWords, spanOfDays } from "./days";
import { readFiguresSearch, readRange } from "./search";

const night = Date.parse("2026-03-08T23:30:00Z");

test("a day is that of the account's zone", () => {
  expect(dayIn("UTC", night)).toBe("2026-03-08");
  expect(dayIn("Europe/Berlin", night)).toBe("2026-03-09");
});

test("days are counted across months and years", () => {
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
});

test("a named range counts today in, by the account's days", () => {
  expect(askedFor({ range: "today" }, "Europe/Berlin", night)).toEqual({ from: "2026-03-09" });
  expect(askedFor({ range: "7d" }, "UTC", night)).toEqual({ from: "2026-03-02" });
});

test("the usual range is left to the server", () => {
  expect(askedFor({}, "UTC", night)).toEqual({});
});

test("the last day is part of the range, so the server is asked until the next", () => {
  expect(askedFor({ from: "2026-03-01", to: "2026-03-08" }, "UTC", night)).toEqual({
    from: "2026-03-01",
    to: "2026-03-09",
  });
  expect(askedFor({ to: "2026-03-08" }, "UTC", night)).toEqual({ to: "2026-03-09" });
});

test("an address with days in the wrong order is read the right way round", () => {
  expect(readRange({ from: "2026-03-08", to: "2026-03-01" })).toEqual({ from: "2026-03-01", to: "2026-03-08" });
});

test("what an address does not mean is left out", () => {
  expect(readRange({ from: "2026-02-99", range: "week" })).toEqual({});
  expect(readRange({ range: "30d" })).toEqual({});
  expect(readFiguresSearch({ version: "2", compare: "2", tab: "nothing" })).toEqual({ version: 2 });
  expect(readFiguresSearch({ version: 0, compare: "1", tab: "days", range: "7d" })).toEqual({
    compare: 1,
    tab: "days",
    range: "7d",
  });
});

test("a range is named by its first and last day in the account's zone", () => {
  const march = { from: "2026-02-28T23:00:00Z", to: "2026-03-08T23:00:00Z", timezone: "Europe/Berlin" };
  expect(spanOfDays(march)).toBe("1 Mar 2026 to 8 Mar 2026");
  expect(spanOfDays({ ...march, to: "2026-03-01T09:00:00Z" })).toBe("1 Mar 2026");
});

test("the year of a day is left out where it is known", () => {
  expect(dayWords("2026-03-09", "2026")).toBe("9 Mar");
  expect(dayWords("2025-03-09", "2026")).toBe("9 Mar 2025");
});
