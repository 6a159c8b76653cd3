import { expect, test } from "vitest";
import type { Enrollment } from "../filter";
import { refusal } from "./actions";

const held = { status: "held", node: "n", ended_at: null, reason: "step_failed" } as Enrollment;

test("an ended enrollment takes no action", () => {
  for (const action of ["exit", "skip", "retry", "release"] as const) {
    expect(refusal(action, { ...held, ended_at: "2026-01-01T00:00:00Z" })).toMatch(/has ended/);
  }
});

test("a held step is retried, a hold is released", () => {
  expect(refusal("retry", held, "webhook")).toBeNull();
  expect(refusal("release", held, "webhook")).toMatch(/retry or skip/);
  expect(refusal("release", held)).toMatch(/retry or skip/);
  expect(refusal("release", { ...held, reason: null }, "hold")).toBeNull();
  expect(refusal("retry", { ...held, reason: null }, "hold")).toMatch(/release/);
});

test("who waits can be skipped or exited, nothing else", () => {
  const waiting = { ...held, status: "waiting", reason: null } as Enrollment;
  expect(refusal("skip", waiting)).toBeNull();
  expect(refusal("exit", waiting)).toBeNull();
  expect(refusal("retry", waiting)).toMatch(/held/);
  expect(refusal("release", waiting)).toMatch(/hold/);
});

test("a run that cannot go on is retried wherever it is", () => {
  const wedged = { ...held, status: "waiting", node: null, wedged: { cause: "x", since: "" } } as Enrollment;
  expect(refusal("retry", wedged)).toBeNull();
  expect(refusal("skip", wedged)).toMatch(/start/);
});
