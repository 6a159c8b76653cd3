import { expect, test } from "vitest";
import { effectWords, missingOf } from "./effects";

test("an effect says what would happen", () => {
  expect(effectWords({ kind: "mail", subject: "Welcome", to: ["ana@example.com"] })).toBe(
    "would send mail “Welcome” to ana@example.com",
  );
  expect(effectWords({ kind: "tag", add: ["vip"], remove: null })).toBe("would add the tag vip");
  expect(effectWords({ kind: "deal", created: true, deal: { pipeline: "sales", stage: "won", owner: null } })).toBe(
    "would create a deal in sales, stage won",
  );
  expect(effectWords({ kind: "undo", workflow: "purchase", correlate: "A-1" })).toBe(
    "would take back what purchase did for A-1",
  );
  expect(effectWords({ kind: "course", course: "a", enroll: true })).toBe("would give access to the course a");
});

test("a failure and an unknown kind are shown, nothing is not", () => {
  expect(effectWords({ error: "no such variable" })).toBe("could not: no such variable");
  expect(effectWords({ kind: "fax", number: 1 })).toContain("fax");
  expect(effectWords(null)).toBeNull();
});

test("what the installation lacks is listed", () => {
  expect(missingOf({ kind: "course", missing: ["course a"] })).toEqual(["course a"]);
  expect(missingOf({ kind: "mail" })).toEqual([]);
});
