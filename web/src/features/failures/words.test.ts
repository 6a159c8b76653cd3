import { expect, test } from "vitest";
import { askedOf, newest } from "./jobs";
import { labelsIn, templateIn } from "./queries";
import { groupRefusal, remedyOf, sentence, settingOf, stateWords } from "./words";

const group = { workflow: "consulting", node: "book", title: "Book a call" };

test("what a failure names is mended where the page says", () => {
  expect(remedyOf({ kind: "setting", name: "/nodes/book/with/url" }, group)).toEqual({
    to: "/workflows/consulting?step=book",
    words: "“Url” of Book a call",
  });
  const labels = labelsIn({ properties: { url: { "x-ui": { label: "Address" } }, max_tries: {} } });
  expect(labels).toEqual({ url: "Address", max_tries: "Max tries" });
  expect(remedyOf({ kind: "setting", name: "/nodes/book/with/url" }, group, labels).words).toBe(
    "“Address” of Book a call",
  );
  expect(remedyOf({ kind: "secret", name: "calendar-key" }, group)).toEqual({
    to: "/settings?tab=secrets",
    words: "Secret “calendar-key”",
  });
  expect(remedyOf({ kind: "data", name: "contact.email" }, group).hint).toMatch(/contact/);
  expect(remedyOf({ kind: "data", name: "trigger.amount" }, group).hint).toMatch(/event/);
  expect(remedyOf({ kind: "program", name: "FERMATA_SMTP_URL" }, group).to).toBeNull();
  expect(remedyOf({ kind: "setting", name: "/settings/timezone" }, group)).toEqual({
    to: null,
    words: "/settings/timezone",
  });
});

test("a pointer into a node is read, others are not", () => {
  expect(settingOf("/nodes/book/with/headers/Authorization")).toEqual({ node: "book", setting: "headers" });
  expect(settingOf("/nodes/book")).toBeNull();
});

test("states are counted in words, and those of nobody are left out", () => {
  expect(stateWords({ held: 1200, failed: 3, unknown: 0 })).toBe("1,200 held, 3 over");
  expect(stateWords({ asleep: 2 })).toBe("2 asleep");
  expect(sentence("the run cannot go on")).toBe("The run cannot go on");
});

test("a group says why it cannot be retried or skipped as a whole", () => {
  const retry = { count: 3, helps: "when_back" as const, advice: "retry when the other side is back" };
  expect(groupRefusal("retry", { kind: "step", retry })).toBeNull();
  expect(groupRefusal("skip", { kind: "step", retry })).toBeNull();
  expect(groupRefusal("skip", { kind: "queue", retry })).toMatch(/never dropped/);
  expect(groupRefusal("skip", { kind: "wedged", retry })).toMatch(/retry makes them anew/);
  expect(groupRefusal("retry", { kind: "step", retry: { ...retry, count: 0, advice: "look at each" } })).toBe(
    "Look at each.",
  );
});

test("a template is linked when the step names one outright", () => {
  expect(templateIn({ type: "email", with: { template: "welcome-packet" } })).toBe("welcome-packet");
  expect(templateIn({ with: { template: "{{ trigger.template }}" } })).toBeNull();
  expect(templateIn({ with: {} })).toBeNull();
  expect(templateIn(undefined)).toBeNull();
});

test("a job tells what it was asked to do", () => {
  const params = { order: { action: "skip" }, filter: { fingerprint: "s1" } };
  expect(askedOf({ kind: "operate", params })).toEqual({ action: "skip", fingerprint: "s1" });
  expect(askedOf({ kind: "operate", params: { order: { action: "exit" }, filter: { ids: ["a"] } } })).toEqual({
    action: "exit",
    fingerprint: null,
  });
  expect(askedOf({ kind: "release_queues", params: { fingerprint: "q1" } })).toEqual({
    action: "retry",
    fingerprint: "q1",
  });
  expect(askedOf({ kind: "operate", params: {} })).toEqual({ action: "", fingerprint: null });
});

test("the newest jobs of several kinds stand in one order", () => {
  const job = (id: string, at: string) => ({ id, created_at: at }) as Parameters<typeof newest>[0][number][number];
  const lists = [
    [job("c", "2026-03-03T00:00:00Z"), job("a", "2026-03-01T00:00:00Z")],
    [job("b", "2026-03-02T00:00:00Z")],
  ];
  expect(newest(lists, 2).map((j) => j.id)).toEqual(["c", "b"]);
});
