import { expect, test } from "vitest";
import { byMessage, countWords, percentOf } from "./words";

test("counts say what became of the pieces", () => {
  expect(countWords({ matched: 1204, done: 1190, refused: 14, moved_on: 2, failed: 0 })).toEqual([
    "1,190 done",
    "14 refused",
    "2 had moved on meanwhile",
  ]);
  expect(countWords({ after_action: 3 })).toEqual(["3 after action"]);
});

test("a bar is never over full, and a job without pieces is done when it is", () => {
  expect(percentOf({ done: 1, total: 3, status: "running" })).toBe(33);
  expect(percentOf({ done: 5, total: 3, status: "running" })).toBe(100);
  expect(percentOf({ done: 0, total: null, status: "running" })).toBe(0);
  expect(percentOf({ done: 0, total: 0, status: "done" })).toBe(100);
});

test("errors are told by their message, the most frequent first", () => {
  const errors = [
    { subject: "a", message: "it has ended" },
    { subject: "b", message: "no step is open" },
    { subject: "c", message: "no step is open" },
  ];
  expect(byMessage(errors)).toEqual([
    { message: "no step is open", subjects: ["b", "c"] },
    { message: "it has ended", subjects: ["a"] },
  ]);
});
