// @vitest-environment node
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyFromName } from "./keys";

test("a key is made of a name", () => {
  expect(keyFromName("  Post-purchase: Büro & Co. ")).toBe("post-purchase-buro-co");
  expect(keyFromName("!!!")).toBe("");
});

test("every key that is not empty is one that the server takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (name) => {
      const key = keyFromName(name);
      expect(key === "" || /^[a-z0-9][a-z0-9-]{0,62}$/.test(key)).toBe(true);
    }),
  );
});
