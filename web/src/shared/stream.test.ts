import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveStream, type Source } from "./stream";

class FakeSource implements Source {
  readyState = 0;
  private readonly listeners = new Map<string, (event: Event) => void>();
  constructor(readonly url: string) {
    made.push(this);
  }
  addEventListener(type: string, listener: (event: Event) => void) {
    this.listeners.set(type, listener);
  }
  close() {
    this.readyState = 2;
  }
  say(type: string, data: unknown, lastEventId = "") {
    this.readyState = 1;
    this.listeners.get(type)?.(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.listeners.get("error")?.(new Event("error"));
  }
}

let made: FakeSource[] = [];
let answers = true;
const start = () => new LiveStream({ open: (url) => new FakeSource(url), probe: async () => answers });
const last = () => made.at(-1) as FakeSource;

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  answers = true;
});
afterEach(() => {
  vi.useRealTimers();
});

test("all topics of a tab share one connection", () => {
  const stream = start();
  const a = vi.fn();
  const b = vi.fn();
  stream.watch("enrollments", a);
  stream.watch("contact:c 1", b);
  vi.advanceTimersByTime(100);
  expect(made.map((s) => s.url)).toEqual(["/v1/stream?topic=contact%3Ac%201&topic=enrollments"]);
  expect(stream.state).toBe("reconnecting");
  last().say("ready", { resumed: true });
  expect(stream.state).toBe("live");
  expect(a).not.toHaveBeenCalled();
  last().say("changed", { topic: "enrollments" });
  expect(a).toHaveBeenCalledTimes(1);
  expect(b).not.toHaveBeenCalled();
});

test("a stream without memory has everybody look again", () => {
  const stream = start();
  const a = vi.fn();
  stream.watch("events", a);
  vi.advanceTimersByTime(100);
  last().say("ready", { resumed: false });
  expect(a).toHaveBeenCalledTimes(1);
});

test("another set of topics goes on where the one before ended", () => {
  const stream = start();
  const stop = stream.watch("events", vi.fn());
  vi.advanceTimersByTime(100);
  last().say("changed", { topic: "events" }, "id/1");
  last().say("ready", { resumed: false }, "id/2");
  stream.watch("enrollments", vi.fn());
  stop();
  vi.advanceTimersByTime(100);
  expect(made).toHaveLength(2);
  expect(made[0]?.readyState).toBe(2);
  expect(last().url).toBe("/v1/stream?topic=enrollments&last_event_id=id%2F2");
});

test("while the stream cannot be had, the page looks every 5 seconds, and says so", async () => {
  const stream = start();
  const a = vi.fn();
  stream.watch("events", a);
  vi.advanceTimersByTime(100);
  last().fail(2);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stream.state).toBe("polling");
  expect(a).toHaveBeenCalledTimes(1);
  answers = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stream.state).toBe("offline");
  expect(a).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(made).toHaveLength(2);
  last().say("ready", { resumed: false });
  expect(stream.state).toBe("live");
  a.mockClear();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(a).not.toHaveBeenCalled();
});

test("a cut that the browser mends is shown, and the same stream goes on", () => {
  const stream = start();
  stream.watch("events", vi.fn());
  vi.advanceTimersByTime(100);
  last().say("ready", { resumed: false });
  last().fail(0);
  expect(stream.state).toBe("reconnecting");
  last().say("ready", { resumed: true });
  expect(stream.state).toBe("live");
  expect(made).toHaveLength(1);
});

test("nobody watching means no connection", () => {
  const stream = start();
  const stop = stream.watch("events", vi.fn());
  vi.advanceTimersByTime(100);
  stop();
  vi.advanceTimersByTime(100);
  expect(last().readyState).toBe(2);
  expect(stream.state).toBe("idle");
});

test("a tab in the background lets the stream go and takes it up again", () => {
  const stream = start();
  stream.watch("events", vi.fn());
  vi.advanceTimersByTime(100);
  last().say("ready", { resumed: false }, "7");
  stream.rest(true);
  vi.advanceTimersByTime(100);
  expect(last().readyState).toBe(2);
  stream.rest(false);
  vi.advanceTimersByTime(100);
  expect(last().url).toBe("/v1/stream?topic=events&last_event_id=7");
});
