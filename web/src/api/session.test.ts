import { expect, test } from "vitest";
import { allows } from "./session";

test("a scope holds those below it, and events stands alone", () => {
  expect(allows(["publisher"], "viewer")).toBe(true);
  expect(allows(["editor"], "publisher")).toBe(false);
  expect(allows(["events"], "viewer")).toBe(false);
  expect(allows(["editor"], "events")).toBe(true);
  expect(allows(["viewer"], "events")).toBe(false);
});
