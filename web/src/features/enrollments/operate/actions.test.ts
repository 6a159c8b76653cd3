import { expect, test } from "vitest";
import type { Enrollment } from "../filter";
import { refusal } from "./actions";

const held = { status: "held", node: "n", ended_at: null, reason: "step_failed" } as Enrollment;

test("an ended enrollment takes no action", () => {
  for (const action of ["exit", "skip", "retry", "release", "hold", "move"] as const) {
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

test("who is held by a person can be released or retried, and not be held again", () => {
  const byPerson = { ...held, reason: "waits for legal" } as Enrollment;
  expect(refusal("release", byPerson, "wait")).toBeNull();
  expect(refusal("retry", byPerson, "wait")).toBeNull();
  expect(refusal("hold", byPerson)).toMatch(/held already/);
  expect(refusal("hold", { ...held, status: "waiting", reason: null } as Enrollment)).toBeNull();
});

test("who is at the start can be moved, exited and held, and nothing is skipped there", () => {
  const start = { ...held, status: "running", reason: null, node: null } as Enrollment;
  expect(refusal("move", start)).toBeNull();
  expect(refusal("hold", start)).toBeNull();
  expect(refusal("skip", start)).toMatch(/start/);
});
