// @vitest-environment node
import { expect, test } from "vitest";
import type { Alarm, Change } from "./queries";
import { settings } from "./settings.test-kit";
import { watchedWords } from "./watched";
import { changeLink, lengthWords, limitWords, secondsWords, stepOf, valueWords } from "./words";

const alarm = (kind: Alarm["kind"], measured: Record<string, unknown>): Alarm => ({
  id: "alarm_1",
  kind,
  workflow: "greet",
  open: true,
  summary: "trouble",
  measured,
  changes: [],
  began_at: "2026-03-09T08:00:00Z",
  opened_at: "2026-03-09T08:01:00Z",
  seen_at: "2026-03-09T08:02:00Z",
  calm_since: null,
  ended_at: null,
  reminders: 0,
  acknowledged_at: null,
  acknowledged_by: null,
  note: null,
});
const change = (action: string, subject: string): Change => ({
  at: "2026-03-09T07:58:00Z",
  action,
  subject,
  person: "Ana",
  words: "the change",
});

test.each([
  ["1h", "1 hour"],
  ["15m", "15 minutes"],
  ["90s", "90 seconds"],
  ["2w", "2 weeks"],
  ["soon", "soon"],
])("the length %s is %s", (length, words) => expect(lengthWords(length)).toBe(words));

test.each([
  [0, "0 seconds"],
  [59, "59 seconds"],
  [60, "1 minute"],
  [12_000, "3 hours 20 minutes"],
  [86_400, "1 day"],
  [90_061, "1 day 1 hour"],
])("%d seconds are %s", (seconds, words) => expect(secondsWords(seconds)).toBe(words));

test.each([
  [
    alarm("error_rate", { errors: 12, attempted: 40, rate: 0.3 }),
    "12 of 40 steps failed, 30 %",
    "5 % and at least 3, within 1 hour",
  ],
  [
    alarm("silence", { silent_s: 18_000, usual_s: 7_200 }),
    "nobody for 5 hours",
    "1.5 times the longest usual time (2 hours), and at least 1 hour",
  ],
  [
    alarm("lateness", { late: 3, longest_s: 420 }),
    "3 late by up to 7 minutes",
    "5 minutes after an enrollment was due",
  ],
  [alarm("lateness", { router_age_s: 600 }), "late by up to 10 minutes", "5 minutes after an enrollment was due"],
  [alarm("wedged", { runs: 1 }), "1 run", "the first one"],
  [
    alarm("drift", { now: 0.443, before: 0.1, counted: 140, node: "hello", port: "timeout" }),
    "44.3 % instead of 10 %",
    "20 points within 7 days, and at least 50 counted",
  ],
  [alarm("wedged", { queues: 2 }), "queues of 2 contacts", "the first one"],
])("what was measured stands against the limit: $kind", (about, value, limit) => {
  expect(valueWords(about)).toBe(value);
  expect(limitWords(about, settings)).toBe(limit);
});

test("what was not measured is not said", () => {
  expect(valueWords(alarm("error_rate", { errors: 1 }))).toBeNull();
  expect(valueWords(alarm("silence", {}))).toBeNull();
  expect(stepOf(alarm("error_rate", { node: "" }))).toBeUndefined();
  expect(stepOf(alarm("error_rate", { node: "hello" }))).toBe("hello");
});

test.each([
  ["workflow.publish", "greet", "/workflows/greet?tab=versions"],
  ["workflow.pause", "greet", "/workflows/greet"],
  ["email_template.update", "welcome", "/mail/welcome"],
  ["email_template.delete", "welcome", "/mail"],
  ["pipeline.update", "a b", "/pipelines?pipeline=a%20b"],
  ["secret.put", "slack", "/settings?tab=secrets"],
  ["api_key.revoke", "key_1", "/settings?tab=keys"],
  ["account.update", "", "/settings?tab=account"],
  ["release", "", "/settings?tab=engine"],
  ["segment.update", "vip", null],
])("%s of %s is found at %s", (action, subject, to) => expect(changeLink(change(action, subject))).toBe(to));

test("what is switched off is not watched", () => {
  expect(watchedWords(settings)).toHaveLength(5);
  const some = { ...settings, silence: { ...settings.silence, on: false }, wedged: { on: false } };
  expect(watchedWords(some)).toEqual([
    "5 % of the steps fail within 1 hour, and at least 3",
    "somebody is more than 5 minutes late",
    "the share who complete, or who take a way, moves by 20 points within 7 days",
  ]);
});
