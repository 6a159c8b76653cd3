import { expect, test } from "vitest";
import type { Enrollment } from "./filter";
import { spanWords, whereWords } from "./words";

const now = Date.parse("2026-03-03T00:00:00Z");
const one = (change: Partial<Enrollment>): Enrollment => ({
  id: "e",
  workflow: "w",
  version: 1,
  contact: { id: "c", email: "ana@example.com" },
  key: "",
  status: "waiting",
  outcome: null,
  reason: null,
  node: "remind",
  title: "Remind",
  timezone: "Europe/Berlin",
  due_at: "2026-03-09T08:00:00Z",
  started_at: "2026-03-02T09:00:00Z",
  ended_at: null,
  test: false,
  temporal_url: null,
  ...change,
});

test("a wait says where, and until when in its zone", () => {
  expect(whereWords(one({}), now)).toBe("waiting at Remind until Mon 9 Mar 2026 09:00 (Europe/Berlin)");
  expect(whereWords(one({ status: "paused", title: undefined }), now)).toMatch(/^paused at remind until/);
  expect(whereWords(one({ due_at: null }), now)).toBe("waiting at Remind without end");
  expect(whereWords(one({ due_at: "2026-03-02T08:00:00Z" }), now)).toContain("since due on Mon 2 Mar");
});

test("who was sent to another version and is not there yet says so", () => {
  expect(whereWords(one({ due_at: null, moving_to: 4 }), now)).toBe(
    "waiting at Remind without end, on its way to version 4",
  );
});

test("what stands still says why", () => {
  expect(whereWords(one({ status: "held", reason: "step_failed", due_at: null }), now)).toBe(
    "held at Remind (a step failed)",
  );
  expect(whereWords(one({ node: null, reason: "capped", due_at: null }), now)).toBe("waiting at the start for room");
  expect(whereWords(one({ wedged: { cause: "no such type", since: "" } }), now)).toBe(
    "cannot go on at Remind: no such type",
  );
});

test("an end says how", () => {
  const ended = { ended_at: "2026-03-02T10:00:00Z", due_at: null };
  expect(whereWords(one({ ...ended, status: "completed", outcome: "success" }), now)).toBe(
    "completed at Remind, outcome success",
  );
  expect(whereWords(one({ ...ended, status: "exited", outcome: "neutral", reason: "operator" }), now)).toBe(
    "exited at Remind, outcome neutral: ended by an operator",
  );
});

test("a span has at most two units", () => {
  const at = (ms: number) => new Date(now + ms).toISOString();
  expect(spanWords(at(0), at(320))).toBe("320 ms");
  expect(spanWords(at(0), at(3_000))).toBe("3 s");
  expect(spanWords(at(0), at(7_505_000))).toBe("2 h 5 min");
  expect(spanWords(at(0), at(86_400_000 * 4))).toBe("4 d");
  expect(spanWords(at(0), at(86_400_000 + 1_000))).toBe("1 d");
});
