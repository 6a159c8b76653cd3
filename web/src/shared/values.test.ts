import { expect, test } from "vitest";
import { decisionWords, type Seen, seenWords, shortValue } from "./values";

const seen = (change: Partial<Seen>): Seen => ({
  path: "",
  field: "trigger.amount",
  op: "gte",
  expected: 500,
  saw: 497,
  result: false,
  ...change,
});

test("an evaluation reads as a sentence", () => {
  expect(seenWords(seen({}))).toBe("amount = 497 ≥ 500: no");
  expect(seenWords(seen({ field: "contact.plan", op: "eq", expected: "pro", saw: "pro", result: true }))).toBe(
    "contact.plan = pro, is pro: yes",
  );
  expect(seenWords(seen({ field: "event.plan", op: "in", expected: ["a", "b"], saw: null, reason: "missing" }))).toBe(
    "plan = nothing, is one of a, b: no (there is no value)",
  );
  expect(seenWords(seen({ op: "exists", saw: "" }))).toBe("amount = empty text, is there: no");
  expect(seenWords(seen({ field: "tag", op: "has", expected: "vip", saw: true, result: true }))).toBe("tag vip: yes");
  expect(seenWords(seen({ reason: "a_new_reason" }))).toContain("(a new reason)");
});

test("a decision names the port that was taken", () => {
  expect(decisionWords([seen({})], "else")).toBe("amount = 497 ≥ 500: no → else");
  expect(decisionWords([], "a")).toBe("→ a");
});

test("a long value is cut", () => {
  expect(shortValue("x".repeat(100))).toHaveLength(60);
  expect(shortValue({ a: [1] })).toBe('{"a":[1]}');
  expect(shortValue([])).toBe("an empty list");
});
