import { expect, test } from "vitest";
import { keyOf } from "./key";

test("a name suggests a key", () => {
  expect(keyOf("Ünïcode  Pipeline #2!")).toBe("unicode-pipeline-2");
  expect(keyOf("—")).toBe("");
  expect(keyOf(`${"a".repeat(62)} b`)).toBe("a".repeat(62));
});
