import { expect, test } from "vitest";
import { dropOffWords } from "./words";

const none = { enrolled: 0, finished: 0, succeeded: 0, drop_off: null };

test("the step where people are lost is named in the server's words", () => {
  const words = "25 % of those who reach “Wait” end there without success (10 of 40).";
  const drop_off = { node: "wait", title: "Wait", rate: 0.25, entries: 40, ended: 10, words };
  expect(dropOffWords({ enrolled: 40, finished: 30, succeeded: 20, drop_off })).toBe(words);
});

test("where nobody is lost, it is said why", () => {
  expect(dropOffWords(none)).toBe("Nobody started in this range.");
  expect(dropOffWords({ ...none, enrolled: 3 })).toBe("Nobody has finished yet.");
  expect(dropOffWords({ ...none, enrolled: 3, finished: 2, succeeded: 2 })).toMatch(/^Nobody is lost/);
});
