import { act, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import { byWorkflow, useLiveAlarms, useOpenAlarms } from "./open";
import type { Alarm } from "./queries";

const alarm = (id: string, workflow: string | null, more: Partial<Alarm> = {}) =>
  ({ id, kind: "lateness", workflow, summary: "3 are late", acknowledged_at: null, ...more }) as Alarm;

test("open alarms stand at their workflow, and those of the account at none", () => {
  const map = byWorkflow([
    alarm("a", "shop"),
    alarm("b", null),
    alarm("c", "club"),
    alarm("d", "shop", { kind: "error_rate", acknowledged_at: "2026-03-09T08:00:00Z" }),
  ]);
  expect([...map.keys()]).toEqual(["shop", "club"]);
  expect(map.get("shop")).toEqual([
    { id: "a", kind: "lateness", title: "Late", words: "3 are late.", known: false },
    { id: "d", kind: "error_rate", title: "Errors", words: "3 are late. Somebody knows of it.", known: true },
  ]);
});

/** A stream that says what the test wants. */
class Spoken extends EventTarget {
  static opened: Spoken[] = [];
  readonly readyState = 1;
  constructor(readonly url: string) {
    super();
    Spoken.opened.push(this);
  }
  close() {}
}

function Count() {
  useLiveAlarms();
  return <p>{useOpenAlarms() ?? "none"}</p>;
}

test("the count of open alarms follows the stream and asks for nothing in between", async () => {
  vi.stubGlobal("EventSource", Spoken);
  const open: Alarm[] = [];
  const calls = serve({ "GET /v1/alarms": () => ({ items: open, next: null }) });
  show(<Count />);
  await screen.findByText("none");
  await vi.waitFor(() => expect(Spoken.opened.at(-1)?.url).toContain("topic=alarms"));
  await vi.waitFor(() => expect(calls.some((c) => c.call.startsWith("GET /v1/alarms"))).toBe(true));
  const before = calls.length;
  open.push(alarm("a", "shop"));
  act(() => {
    Spoken.opened
      .at(-1)
      ?.dispatchEvent(new MessageEvent("changed", { data: JSON.stringify({ topic: "alarms" }), lastEventId: "x" }));
  });
  await screen.findByText("1");
  expect(calls.slice(before).map((c) => c.call)).toEqual(["GET /v1/alarms?open=true&limit=100"]);
});
