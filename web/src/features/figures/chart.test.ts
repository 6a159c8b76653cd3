import { expect, test } from "vitest";
import { barsOf, drawing, mostOf } from "./chart";
import type { DayFigures } from "./queries";

const day = (date: string, enrolled: number, finished: number): DayFigures => ({
  from: `${date}T00:00:00Z`,
  date,
  enrolled,
  finished,
  completed: finished,
  completion_rate: null,
  steps: 0,
  errors: 0,
});
const series = [day("2026-03-01", 4, 1), day("2026-03-02", 0, 0), day("2026-03-03", 2, 2)];

test("bars are as high as their share of the highest day", () => {
  const bars = barsOf(series, mostOf([series]));
  expect(bars.map((b) => b.enrolled)).toEqual([drawing.height, 0, drawing.height / 2]);
  expect(bars[0]?.finished).toBe(drawing.height / 4);
});

test("what is compared has one scale", () => {
  expect(mostOf([series, [day("2026-03-01", 8, 0)]])).toBe(8);
  expect(barsOf(series, 8)[0]?.enrolled).toBe(drawing.height / 2);
});

test("bars stay within the drawing, however many days there are", () => {
  for (const n of [1, 30, 1100]) {
    const many = Array.from({ length: n }, () => day("2026-03-01", 1, 1));
    const last = barsOf(many, 1).at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(drawing.width + 1e-6);
    expect(last?.width).toBeGreaterThan(0);
  }
});

test("a series of nobody has bars without height", () => {
  expect(barsOf([day("2026-03-01", 0, 0)], 0)[0]?.enrolled).toBe(0);
});
