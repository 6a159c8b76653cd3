import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { showRouted } from "@/test/routed";
import { serve } from "@/test/server";
import { BacktestRun } from "./BacktestRun";
import { BeforeEnabling } from "./BeforeEnabling";
import { StartForm } from "./StartForm";

const ana = { id: "con_1", email: "ana@example.com" };
const result = {
  events: 5,
  contacts: 4,
  entered: 3,
  entered_contacts: 3,
  samples: [
    {
      contact: ana,
      event: "form.submitted",
      at: "2026-03-02T08:00:00Z",
      status: "completed",
      outcome: "success",
      reason: null,
      node: "done",
      sends: 2,
    },
  ],
  refused: [{ verdict: "reentry", reason: "once", count: 2, samples: [ana] }],
  rules: [{ path: "/where", field: "trigger.amount", op: "gte", expected: 500, suppress: false, count: 1 }],
  ends: [{ status: "completed", outcome: "success", reason: null, count: 3 }],
  inside: [],
  branches: [
    {
      node: "vip",
      ports: [
        { port: "yes", count: 1, share: 1 / 3 },
        { port: "else", count: 2, share: 2 / 3 },
      ],
    },
  ],
  sends: {
    total: 6,
    suppressed: 1,
    by_day: [{ name: "2026-03-02", count: 6 }],
    by_node: [{ name: "hello", count: 6 }],
  },
  effects: [],
  overlaps: [{ workflow: "agency", count: 1, samples: [ana] }],
  actual: { enrolled: 0, versions: [], ends: [], both: 0, only_backtest: 3, only_actual: 0 },
  elapsed_ms: 3,
  events_per_s: 1500,
  notes: ["Effects are stubbed."],
};
const run = {
  id: "job_1",
  workflow: "greet",
  version: null,
  hash: "h1",
  from: "2026-02-01T00:00:00Z",
  to: "2026-03-03T00:00:00Z",
  status: "done",
  total: 4,
  done: 4,
  error: null,
  person: "Kim",
  created_at: "2026-03-03T00:00:00Z",
  ended_at: "2026-03-03T00:00:01Z",
  result,
};
/** Waits until it is known what the session may do. */
const pressable = (name: string) =>
  waitFor(() => expect(screen.getByRole("button", { name }).getAttribute("aria-disabled")).toBeNull());
const job = { id: "job_1", status: "queued" };

test("a backtest that runs shows how far it is and can be canceled; then it says what would have been", async () => {
  let now: Record<string, unknown> = { ...run, status: "running", done: 1 };
  serve({
    "GET /v1/workflows/:key/backtests/:id": () => now,
    "POST /v1/jobs/:id/cancel": () => {
      now = { ...run, status: "canceled", done: 2 };
      return job;
    },
  });
  showRouted(<BacktestRun workflow="greet" id="job_1" definition={{ nodes: { vip: { name: "A big one?" } } }} />);
  await screen.findByText("1 of 4 contacts");
  await pressable("Cancel");
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  await screen.findByText(/canceled after 2 of 4 contacts/);
  expect(screen.getByRole("heading", { name: "3 would have entered in 30 days, about 0.1 a day." })).toBeTruthy();
  expect(within(screen.getByRole("group", { name: "A big one?" })).getByText("2, 66.7 %")).toBeTruthy();
  expect(screen.getByText(/6 mails in all, at most 6 on a day; 1 more held back/)).toBeTruthy();
  const overlaps = screen.getByRole("region", { name: "Overlaps" });
  expect(within(overlaps).getByRole("link", { name: "agency" }).getAttribute("href")).toBe("/workflows/agency");
  const out = screen.getByRole("region", { name: "Who would not have entered" });
  expect(within(out).getByText(/2 events: .*may enter once only/)).toBeTruthy();
  expect(within(out).getByText(/^amount gte 500 did not hold: 1 event$/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "ana@example.com" }).getAttribute("href")).toBe("/contacts/con_1");
});

test("what the server says of a range stands at its field", async () => {
  const error = { pointer: "/to", message: "lies ahead", hint: "" };
  const calls = serve({
    "POST /v1/workflows/:key/backtest": () =>
      Response.json({ type: "invalid", title: "Not valid", status: 422, errors: [error] }, { status: 422 }),
  });
  const started: string[] = [];
  showRouted(<StartForm workflow="greet" version={2} onStarted={(id) => started.push(id)} />);
  await userEvent.click(await screen.findByRole("radio", { name: "From – to" }));
  await userEvent.type(screen.getByLabelText("To"), "2199-01-01T00:00");
  await pressable("Run the backtest");
  await userEvent.click(screen.getByRole("button", { name: "Run the backtest" }));
  await screen.findByText("lies ahead");
  expect(screen.queryByRole("alert")).toBeNull();
  expect(started).toEqual([]);
  expect(calls.findLast((c) => c.call.startsWith("POST"))?.body).toEqual({
    draft: true,
    to: new Date("2199-01-01T00:00").toISOString(),
  });
});

test("before a publish: who matches now, and how many a day would enter, of exactly this draft", async () => {
  const runs = [{ ...run, hash: "older", id: "job_0" }];
  const filter = { field: "contact.fields.plan", op: "eq", value: "pro" };
  const triggers = [
    { id: "bought", event: "purchase.completed" },
    { id: "weekly", schedule: { cron: "0 9 * * 1", filter } },
    { id: "renewal", date: { field: "contact.fields.renewal" } },
  ];
  const counts: Record<string, object> = {
    weekly: { count: 1204, of: 5000, exact: true, looked: 5000 },
    renewal: { count: 1, of: 5000, exact: false, looked: 900 },
  };
  const calls = serve({
    "GET /v1/workflows/:key/backtests": () => ({ items: runs, next: null }),
    "GET /v1/workflows/:key/backtests/:id": () => run,
    "POST /v1/preview/trigger": async (request) => {
      const { trigger } = (await request.json()) as { trigger: { id: string } };
      return { problems: [], matches: counts[trigger.id] ?? null, not_counted: null };
    },
    "POST /v1/workflows/:key/backtest": () => {
      runs.unshift(run);
      return Response.json(job, { status: 202 });
    },
  });
  const order: string[] = [];
  showRouted(
    <BeforeEnabling workflow="greet" hash="h1" triggers={triggers} whenSaved={async () => order.push("saved")} />,
  );
  await screen.findByText("1,204 contacts of 5,000 match now, by the trigger weekly.");
  await screen.findByText("At least 1 contact of 5,000 has such a date ahead, by the trigger renewal.");
  expect(screen.queryByText(/by the trigger bought/)).toBeNull();
  const asked = calls.filter((c) => c.call === "POST /v1/preview/trigger").map((c) => c.body);
  expect(asked).toEqual(triggers.map((trigger) => ({ workflow: "greet", trigger })));
  expect(calls.some((c) => c.call.includes("job_0"))).toBe(false);
  await userEvent.click(await screen.findByRole("button", { name: "How many would enter?" }));
  await screen.findByText(/^About 0.1 a day would enter; 3 would have in 30 days\./);
  expect(order).toEqual(["saved"]);
});
