import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { showRouted } from "@/test/routed";
import { serve } from "@/test/server";
import type { Enrollment } from "../filter";
import { BatchDialog } from "./BatchDialog";

const row = (id: string) =>
  ({
    id,
    workflow: "shop",
    version: 1,
    contact: { id: `c${id}`, email: `${id}@example.com` },
    status: "held",
    node: "book",
    title: "Book a call",
    reason: "step_failed",
    ended_at: null,
  }) as Enrollment;
const rows = [row("a"), row("b"), row("c")];
const counts = {
  action: "retry",
  matched: 3,
  examined: 3,
  complete: true,
  allowed: 2,
  refused: 1,
  reasons: [{ message: "no step is held", hint: "only a held step can be retried", count: 1, samples: ["c"] }],
  samples: rows.slice(0, 2),
};
const job = {
  id: "j",
  kind: "operate",
  workflow: null,
  status: "running",
  params: {},
  total: 3,
  done: 1,
  counts: { matched: 1, done: 1 },
  errors: 0,
  rate: "1/1s",
  error: null,
  person: "Kim",
  created_at: "2026-03-02T09:00:00Z",
  started_at: null,
  ended_at: null,
};

test("the counts of a dry run come first; then a job carries it out at the pace, and can be canceled", async () => {
  let canceled = false;
  const ended = { ...job, status: "canceled", counts: { matched: 2, done: 1, refused: 1 }, errors: 1 };
  const calls = serve({
    "POST /v1/enrollments/batch": async (request) =>
      (await request.json()).dry_run ? counts : Response.json(job, { status: 202 }),
    "GET /v1/jobs/j": () => (canceled ? ended : job),
    "GET /v1/jobs/j/errors": () => ({
      items: [{ row: null, subject: "c", field: null, message: "no step is held" }],
      next: null,
    }),
    "POST /v1/jobs/j/cancel": () => {
      canceled = true;
      return ended;
    },
  });
  showRouted(<BatchDialog action="retry" choice={{ by: "rows", rows }} onClose={vi.fn()} />);
  await screen.findByText("It can be done for 2 of 3 enrollments, and would be refused for 1.");
  expect(screen.getByRole("list", { name: "Refused" }).textContent).toContain("1: no step is held");
  expect(screen.getByRole("list", { name: "Samples" }).textContent).toContain("a@example.com, held at Book a call");
  await userEvent.type(screen.getByRole("textbox", { name: "Pace" }), "1/1s");
  expect(calls.filter((c) => c.call === "POST /v1/enrollments/batch").map((c) => c.body)).toEqual([
    { action: "retry", filter: { ids: ["a", "b", "c"] }, dry_run: true },
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Retry 2" }));
  await screen.findByText("1 of 3 enrollments: 1 done");
  expect(calls).toContainEqual({
    call: "POST /v1/enrollments/batch",
    body: { action: "retry", filter: { ids: ["a", "b", "c"] }, dry_run: false, rate: "1/1s" },
  });
  await userEvent.click(screen.getByRole("button", { name: "Cancel the job" }));
  await screen.findByText("1 of 3 enrollments: 1 done, 1 refused");
  expect((await screen.findByRole("list", { name: "Not done" })).textContent).toContain("1 not done: no step is held");
  expect(screen.queryByRole("button", { name: "Cancel the job" })).toBeNull();
});

test("what nobody can be given is not offered, and a pace that the server refuses is said at its field", async () => {
  let allowed = 2;
  const refused = {
    type: "invalid",
    title: "Invalid",
    status: 422,
    errors: [{ pointer: "/rate", message: "is not a rate", hint: "100/1m" }],
  };
  serve({
    "POST /v1/enrollments/batch": async (request) =>
      (await request.json()).dry_run ? { ...counts, allowed } : Response.json(refused, { status: 422 }),
  });
  const { unmount } = showRouted(<BatchDialog action="retry" choice={{ by: "rows", rows }} onClose={vi.fn()} />);
  await userEvent.type(await screen.findByRole("textbox", { name: "Pace" }), "fast");
  await userEvent.click(screen.getByRole("button", { name: "Retry 2" }));
  await screen.findByText("is not a rate: 100/1m");
  expect(screen.queryByRole("alert")).toBeNull();
  unmount();
  allowed = 0;
  showRouted(<BatchDialog action="retry" choice={{ by: "rows", rows }} onClose={vi.fn()} />);
  await screen.findByText(/It can be done for 0 of 3/);
  const button = screen.getByRole("button", { name: "Retry" });
  expect(button.getAttribute("aria-description")).toMatch(/nobody/);
});
