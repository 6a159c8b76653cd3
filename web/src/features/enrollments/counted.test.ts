import { expect, test } from "vitest";
import { countedWords } from "./counted";
import { changeFilter, readFilter } from "./filter";

test("a filter of a figure is read from an address, and what does not fit is left out", () => {
  const search = { workflow: "leads", step: "hello", step_status: "failed", active: "true", success: false, x: 1 };
  expect(readFilter(search)).toEqual({
    workflow: "leads",
    step: "hello",
    step_status: "failed",
    active: true,
    success: false,
  });
  expect(readFilter({ step_status: "gone", active: "perhaps" })).toEqual({});
});

test("each part is said in words, and is taken away alone", () => {
  const filter = {
    workflow: "leads",
    step: "hello",
    step_status: "failed" as const,
    started_from: "2026-03-01T00:00:00Z",
    started_to: "2026-03-31",
    success: false,
  };
  const parts = countedWords(filter, "Say hello");
  expect(parts.map((p) => p.words)).toEqual([
    "Came to Say hello, it is failed",
    "Ended without success",
    "Started from Sun 1 Mar 2026 00:00 (UTC) before 2026-03-31",
  ]);
  expect(changeFilter(filter, parts[0]?.without ?? {})).toEqual({
    workflow: "leads",
    started_from: "2026-03-01T00:00:00Z",
    started_to: "2026-03-31",
    success: false,
  });
});

test("another workflow has other steps", () => {
  expect(changeFilter({ workflow: "leads", step: "hello", step_port: "next" }, { workflow: "other" })).toEqual({
    workflow: "other",
  });
});
