import fc from "fast-check";
import { expect, test } from "vitest";
import { readDuration, readTime, units, writeDuration } from "./duration";

test("lengths are read as people type them", () => {
  expect(readDuration("90s", "d")).toEqual({ amount: "90", unit: "s", sign: 1 });
  expect(readDuration("2 days", "h")).toEqual({ amount: "2", unit: "d", sign: 1 });
  expect(readDuration("7", "w")).toEqual({ amount: "7", unit: "w", sign: 1 });
  expect(readDuration("-3d", "h")).toEqual({ amount: "3", unit: "d", sign: -1 });
  expect(readDuration("1 month", "d")).toEqual({ amount: "1 month", unit: "d", sign: 1 });
});

test("what the server can read is written back unchanged", () => {
  const unit = fc.constantFrom(...units.map((u) => u.value));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), unit, fc.boolean(), unit, (n, u, minus, other) => {
      const text = `${minus ? "-" : ""}${n}${u}`;
      expect(writeDuration(readDuration(text, other))).toBe(text);
    }),
  );
});

test("what is no length is left for the server to refuse, and nothing is nothing", () => {
  expect(writeDuration(readDuration("soon", "d"))).toBe("soon");
  expect(writeDuration(readDuration("  ", "d"))).toBeUndefined();
});

test("times of day", () => {
  const read = ["9", "930", "9:30", "09.05", "9 pm", "12am", "24:00", "25:00", "noon"].map(readTime);
  expect(read).toEqual(["09:00", "09:30", "09:30", "09:05", "21:00", "00:00", "24:00", "25:00", "noon"]);
});
