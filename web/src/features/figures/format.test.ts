import fc from "fast-check";
import { expect, test } from "vitest";
import { percent } from "@/shared/percent";
import { lengthWords, money, none, share, short } from "./format";

test("a share without anything to divide by is a dash with its reason, not nought", () => {
  expect(share(null, "nobody has finished yet")).toEqual(none("nobody has finished yet"));
  expect(share(0, "nobody has finished yet")).toEqual({ text: "0 %" });
});

test("a share keeps one decimal, and what is almost none or almost all is not rounded to it", () => {
  expect(percent(0.375)).toBe("37.5 %");
  expect(percent(0.75)).toBe("75 %");
  expect(percent(0.0001)).toBe("< 0.1 %");
  expect(percent(0.9999)).toBe("> 99.9 %");
  expect(percent(1)).toBe("100 %");
});

test("no share but none reads as none, and no share but all as all", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (rate) => {
      expect(percent(rate)).not.toBe("0 %");
      expect(percent(rate)).not.toBe("100 %");
    }),
  );
});

test("a length has two units at most", () => {
  expect(lengthWords(0)).toBe("0 s");
  expect(lengthWords(0.05)).toBe("50 ms");
  expect(lengthWords(0.9999)).toBe("1 s");
  expect(lengthWords(12.34)).toBe("12.3 s");
  expect(lengthWords(125)).toBe("2 min 5 s");
  expect(lengthWords(86_400 + 3 * 3_600 + 59)).toBe("1 d 3 h");
  expect(lengthWords(86_400 + 59)).toBe("1 d");
  expect(lengthWords(59.97)).toBe("1 min");
});

test("an amount names its currency, also one that nobody knows", () => {
  expect(money(810, "USD")).toBe("$810.00");
  expect(money(12.5, "?")).toBe("12.5 ?");
});

test("a count stays exact until there is no room for it", () => {
  expect(short(999)).toBe("999");
  expect(short(1_204)).toBe("1.2k");
});
