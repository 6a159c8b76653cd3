import { expect, test } from "vitest";
import { verdictNames, verdictWords } from "./words";

test("every verdict says something of its own", () => {
  const said = verdictNames.map((verdict) => verdictWords({ verdict, reason: "" }));
  expect(new Set(said).size).toBe(verdictNames.length);
});

test("a reason says why nothing happened", () => {
  expect(verdictWords({ verdict: "reentry", reason: "once" })).toBe(
    "The contact was not enrolled again. The contact was here before, and may enter once only.",
  );
  expect(verdictWords({ verdict: "filtered", reason: "not_enrolled" })).not.toContain("conditions");
  expect(verdictWords({ verdict: "filtered", reason: "" })).toContain("conditions");
  expect(verdictWords({ verdict: "reentry", reason: "some_new" })).toContain("Reason: some new.");
});
