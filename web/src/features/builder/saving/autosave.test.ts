// @vitest-environment node
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clean, statusOf } from "./autosave";
import { World } from "./world.test-kit";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("typing is saved once it rests, in one request", async () => {
  const w = new World();
  w.open();
  w.edit("a");
  await vi.advanceTimersByTimeAsync(500);
  w.edit("ab");
  await vi.advanceTimersByTimeAsync(500);
  expect(w.network).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(w.network).toHaveLength(1);
  expect(statusOf(w.state())).toBe("saving");
  await w.answerAll();
  expect(statusOf(w.state())).toBe("saved");
  expect(w.server.definition.text).toBe("ab");
  expect(w.shelf.length).toBe(0);
});

test("typing that never rests is saved all the same", async () => {
  const w = new World();
  w.open();
  for (let i = 0; i < 60; i++) {
    w.edit(`${i}`);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(w.network.length).toBeGreaterThan(0);
});

test("an answer that comes late changes nothing that was typed since", async () => {
  const w = new World();
  w.open();
  w.edit("first");
  await vi.advanceTimersByTimeAsync(700);
  w.edit("second");
  await w.answerAll();
  expect(w.screen.text).toBe("second");
  expect(statusOf(w.state())).toBe("saving");
  await w.settle();
  expect(w.server.definition.text).toBe("second");
});

test("without an answer it is offline, tries again with longer pauses, and at once when the network is back", async () => {
  const w = new World();
  w.open();
  w.up = false;
  w.edit("kept");
  await vi.advanceTimersByTimeAsync(700);
  expect(statusOf(w.state())).toBe("offline");
  const before = w.puts;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(w.puts - before).toBeGreaterThan(2);
  expect(w.puts - before).toBeLessThan(6);
  w.up = true;
  w.saver().hurry();
  await w.answerAll();
  expect(statusOf(w.state())).toBe("saved");
  expect(w.server.definition.text).toBe("kept");
});

test("a save whose answer was lost is no conflict", async () => {
  const w = new World();
  w.open();
  w.edit("first");
  await vi.advanceTimersByTimeAsync(700);
  w.loseAnswers();
  await vi.advanceTimersByTimeAsync(0);
  w.edit("second");
  await w.settle();
  expect(statusOf(w.state())).toBe("saved");
  expect(w.server.definition.text).toBe("second");
});

test("a draft that was changed elsewhere is a conflict and is not overwritten", async () => {
  const w = new World();
  w.open();
  w.foreign("theirs");
  w.edit("mine");
  await w.settle();
  expect(statusOf(w.state())).toBe("conflict");
  w.edit("mine, longer");
  await w.settle();
  expect(w.server.definition.text).toBe("theirs");
  w.choose("mine");
  await w.settle();
  expect(w.server.definition.text).toBe("mine, longer");
});

test("a reload in the middle of typing, while a save is on its way, restores what was typed", async () => {
  const w = new World();
  w.open();
  w.edit("first");
  await vi.advanceTimersByTimeAsync(700);
  w.edit("second");
  w.deliverAll();
  w.open();
  expect(w.screen.text).toBe("second");
  expect(statusOf(w.state())).toBe("saving");
  await w.settle();
  expect(w.server.definition.text).toBe("second");
});

test("work that was left unsaved is a conflict when the draft has moved on", async () => {
  const w = new World();
  w.open();
  w.edit("mine");
  w.foreign("theirs");
  w.open();
  expect(statusOf(w.state())).toBe("conflict");
  expect(w.screen.text).toBe("mine");
  w.choose("theirs");
  await w.settle();
  expect(w.screen.text).toBe("theirs");
  expect(w.shelf.length).toBe(0);
});

test("a conflict is about the newest of the other drafts", async () => {
  const w = new World();
  w.open();
  w.edit("mine");
  w.foreign("theirs");
  w.open();
  w.foreign("theirs, later");
  void w.saver().check();
  await w.settle();
  expect(w.state().theirs?.definition.text).toBe("theirs, later");
  expect(w.screen.text).toBe("mine");
});

test("a refusal is shown until the next edit", async () => {
  const w = new World();
  w.open();
  w.refuse = true;
  w.edit("bad");
  await w.settle();
  expect(statusOf(w.state())).toBe("refused");
  w.refuse = false;
  w.edit("good");
  await w.settle();
  expect(statusOf(w.state())).toBe("saved");
});

test("flush waits for what is on its way and what follows", async () => {
  const w = new World();
  w.open();
  w.edit("first");
  await vi.advanceTimersByTimeAsync(700);
  w.edit("second");
  const done = w.saver().flush();
  await w.settle();
  await done;
  expect(w.server.definition.text).toBe("second");
});

const happening = fc.oneof(
  { weight: 5, arbitrary: fc.constant("edit" as const) },
  { weight: 4, arbitrary: fc.constant("time" as const) },
  { weight: 3, arbitrary: fc.constant("answer" as const) },
  { weight: 1, arbitrary: fc.constantFrom("lose request", "lose answer", "down", "up", "foreign", "check") },
  { weight: 1, arbitrary: fc.constantFrom("reload", "mine", "theirs", "undo") },
);

test("in any order of edits, answers, failures, reloads and other writers nothing is lost or overwritten", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 40 }), async (list) => {
      const w = new World();
      w.open();
      for (const one of list) await w.happen(one);
      w.up = true;
      await w.settle();
      void w.saver().check();
      await w.settle();
      const state = w.state();
      expect(w.overwritten).toEqual([]);
      expect(state.local).toEqual(w.screen);
      if (state.theirs) expect(state.theirs.definition).toEqual(w.server.definition);
      else {
        expect(clean(state)).toBe(true);
        expect(w.server.definition).toEqual(w.screen);
        expect(w.shelf.length).toBe(0);
      }
      w.close();
    }),
    { numRuns: 400 },
  );
});
