import { expect, test } from "vitest";
import { factsOf } from "./AuditDetail";

test("a detail of the audit is told as its facts, whatever its shape", () => {
  expect(factsOf({ email: { state: "subscribed", source: "by phone" }, version: 2, created: [] })).toEqual([
    ["email state", "subscribed"],
    ["email source", "by phone"],
    ["version", 2],
    ["created", []],
  ]);
  expect(factsOf("a word")).toEqual([["", "a word"]]);
  expect(factsOf({ gone: null })).toEqual([]);
});
