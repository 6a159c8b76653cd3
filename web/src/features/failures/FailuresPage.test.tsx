import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { showRouted } from "@/test/routed";
import { type Handlers, serve } from "@/test/server";
import { FailuresPage } from "./FailuresPage";
import type { Failure } from "./queries";

vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<typeof import("@tanstack/react-router")>()),
  useSearch: () => ({}),
  useNavigate: () => vi.fn(),
}));

beforeEach(() => {
  vi.stubGlobal(
    "EventSource",
    class extends EventTarget {
      close() {}
    },
  );
});

const failure: Failure = {
  fingerprint: "s1",
  kind: "step",
  workflow: "consulting",
  node: "book",
  title: "Book a call",
  type: "webhook",
  code: "http_401",
  message: "answer #",
  cause: "Book a call failed: the key is wrong (http_401)",
  count: 2,
  open: 2,
  states: { held: 2 },
  versions: [3],
  first_seen: "2026-03-02T09:00:00Z",
  last_seen: "2026-03-02T11:00:00Z",
  examples: ["enr_1"],
  names: [{ kind: "secret", name: "calendar-key" }],
  retry: { count: 2, helps: "after_setting", advice: "mend the setting, then retry" },
};
const job = {
  id: "j",
  kind: "operate",
  workflow: "consulting",
  status: "done",
  params: { order: { action: "retry" }, filter: { fingerprint: "s1" } },
  total: 2,
  done: 2,
  counts: { matched: 2, done: 2 },
  errors: 0,
  rate: "50/1s",
  error: null,
  person: "Kim",
  created_at: "2026-03-02T12:00:00Z",
  started_at: "2026-03-02T12:00:00Z",
  ended_at: "2026-03-02T12:00:01Z",
};
const counts = { matched: 2, examined: 2, complete: true, allowed: 2, refused: 0, reasons: [], samples: [] };
const paused = {
  since: "2026-03-02T10:00:00Z",
  clocks: "run",
  person: "circuit breaker",
  reason: "2 of 2 steps failed within 1h; the circuit breaker opens at 50 %",
};

/** A server whose groups are mended by a retry. */
const world = (more: Handlers = {}) => {
  const state = { mended: false };
  const calls = serve({
    "GET /v1/failures": () => ({ items: state.mended ? [] : [failure], next: null }),
    "GET /v1/workflows": () => ({
      items: [{ key: "consulting", name: "Consulting", version: 3, status: "paused", active: 2, paused }],
      next: null,
    }),
    "GET /v1/jobs": (request) => {
      const asked = new URL(request.url).searchParams.get("kind") === job.kind;
      return { items: asked && state.mended ? [job] : [], next: null };
    },
    "GET /v1/jobs/j": () => job,
    "POST /v1/failures/s1/retry": async (request) => {
      if ((await request.json()).dry_run) return { action: "retry", ...counts };
      state.mended = true;
      return Response.json(job, { status: 202 });
    },
    ...more,
  });
  return calls;
};

test("a group says what to mend; its retry is followed to the end, even when the group is gone by then", async () => {
  world();
  showRouted(<FailuresPage />);
  const card = await screen.findByRole("article", { name: failure.cause });
  expect(within(card).getByRole("link", { name: "Secret “calendar-key”" }).getAttribute("href")).toBe(
    "/settings?tab=secrets",
  );
  expect(within(card).getByText("Mend the setting, then retry.")).toBeTruthy();
  expect(await within(card).findByText(/goes on when it is resumed/)).toBeTruthy();
  await userEvent.click(within(card).getByRole("button", { name: "Retry all 2" }));
  const dialog = await screen.findByRole("dialog", { name: /^Retry: Book a call/ });
  await userEvent.click(await within(dialog).findByRole("button", { name: "Retry 2" }));
  await within(dialog).findByText("2 of 2 enrollments: 2 done");
  await screen.findByText("Nothing has failed");
  // The page behind a dialog is hidden from who reads it aloud.
  const hidden = true;
  expect(screen.queryByRole("article", { name: failure.cause, hidden })).toBeNull();
  expect(screen.getByRole("dialog", { name: /^Retry: Book a call/ })).toBeTruthy();
  expect(await screen.findByRole("article", { name: "Retry of a group of failures by Kim", hidden })).toBeTruthy();
});

test("a breaker's pause is told with its reason, and the way to resume it", async () => {
  const resumed = vi.fn();
  world({
    "POST /v1/workflows/consulting/resume": async (request) => {
      if (!new URL(request.url).searchParams.get("dry_run")?.startsWith("t")) resumed(await request.json());
      return { key: "consulting", people: { running: 0, waiting: 0, overdue: 1, held: 2 } };
    },
  });
  showRouted(<FailuresPage />);
  await screen.findByText("Consulting is paused by its circuit breaker");
  expect(screen.getByText(/the circuit breaker opens at 50 %/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Resume …" }));
  const dialog = await screen.findByRole("dialog", { name: "Resume “Consulting”" });
  await within(dialog).findByText("Inside now: 1 with a step that is due, 2 held for a person.");
  await userEvent.click(within(dialog).getByLabelText(/^Skip what was missed/));
  await userEvent.click(within(dialog).getByRole("button", { name: "Resume" }));
  await vi.waitFor(() => expect(resumed).toHaveBeenCalledWith({ overdue: "skip" }));
});

test("who may only look is told why nothing can be retried", async () => {
  const calls = world({ "GET /v1/session": () => ({ person: "Vera", scopes: ["viewer"] }) });
  showRouted(<FailuresPage />);
  const retry = await screen.findByRole("button", { name: "Retry all 2" });
  expect(retry.getAttribute("aria-description")).toBe("Needs the scope publisher.");
  await userEvent.click(retry);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(calls.every((c) => c.call.startsWith("GET"))).toBe(true);
});
