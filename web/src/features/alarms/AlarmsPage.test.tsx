import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { showRouted } from "@/test/routed";
import { serve } from "@/test/server";
import { AlarmsPage } from "./AlarmsPage";
import { settings } from "./settings.test-kit";

const alarm = {
  id: "alarm_1",
  kind: "error_rate",
  workflow: "greet",
  open: true,
  summary: '4 of 8 steps failed in the last hour (50 %), at "hello"',
  measured: { errors: 4, attempted: 8, rate: 0.5, node: "hello" },
  changes: [
    {
      at: "2026-03-09T07:58:00Z",
      action: "email_template.update",
      subject: "welcome",
      person: "Ana",
      words: "the change of the mail template welcome by Ana, 2 minutes before",
    },
  ],
  began_at: "2026-03-09T08:00:00Z",
  opened_at: "2026-03-09T08:01:00Z",
  seen_at: "2026-03-09T08:02:00Z",
  calm_since: null,
  ended_at: null,
  reminders: 0,
  acknowledged_at: null as string | null,
  acknowledged_by: null as string | null,
  note: null as string | null,
};
const over = { ...alarm, id: "alarm_0", open: false, ended_at: "2026-03-09T08:20:00Z", changes: [] };

function world(open: unknown[], ended: unknown[], more = {}) {
  return serve({
    "GET /v1/alarms": (request) => {
      const wanted = new URL(request.url).searchParams.get("open");
      return { items: wanted === "true" ? open : ended, next: null };
    },
    "GET /v1/alarm-settings": () => ({ settings, own: {} }),
    "GET /v1/workflows/:key/alarm-settings": () => ({ settings, own: {} }),
    "GET /v1/alarm-channels": () => ({ items: [], next: null }),
    ...more,
  });
}

test("an open alarm says what, how bad against which limit, and what was changed nearby", async () => {
  const open = [{ ...alarm }];
  const calls = world(open, [over], {
    "POST /v1/alarms/:id/acknowledge": () => {
      open[0] = { ...alarm, acknowledged_at: alarm.seen_at, acknowledged_by: "Kim", note: "on it" };
      return open[0];
    },
  });
  showRouted(<AlarmsPage />);
  const card = await screen.findByRole("listitem", { name: "Errors: greet" });
  expect(within(card).getByText(/^4 of 8 steps failed in the last hour/)).toBeTruthy();
  expect(within(card).getByText("4 of 8 steps failed, 50 %")).toBeTruthy();
  expect(await within(card).findByText("5 % and at least 3, within 1 hour")).toBeTruthy();
  const link = within(card).getByRole("link", { name: /^The change of the mail template welcome by Ana/ });
  expect(link.getAttribute("href")).toBe("/mail/welcome");
  expect(within(card).getByRole("link", { name: "To the step" }).getAttribute("href")).toBe(
    "/workflows/greet?step=hello",
  );
  const failures = within(card).getByRole("link", { name: "Failures by cause" });
  expect(failures.getAttribute("href")).toBe("/failures?workflow=greet");
  const ended = await screen.findByRole("listitem", { name: "Over: Errors: greet" });
  expect(within(ended).getByText(/after 20 minutes/)).toBeTruthy();

  await userEvent.click(await within(card).findByRole("button", { name: "Acknowledge …" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText("Note"), " on it ");
  await userEvent.click(within(dialog).getByRole("button", { name: "Acknowledge" }));
  // The dialog goes when the page has read again, not before.
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(within(card).getByText(/Kim acknowledged it/)).toBeTruthy();
  expect(calls.find((c) => c.call.startsWith("POST"))?.body).toEqual({ note: "on it" });
  expect(within(card).queryByRole("button", { name: "Acknowledge …" })).toBeNull();
});

test("who may only look cannot acknowledge, and is not asked for channels", async () => {
  const calls = world([alarm], [], { "GET /v1/session": () => ({ person: "Vera", scopes: ["viewer"] }) });
  showRouted(<AlarmsPage />);
  const button = await screen.findByRole("button", { name: "Acknowledge …" });
  await waitFor(() => expect(button.getAttribute("aria-description")).toBe("Needs the scope editor."));
  expect(button.getAttribute("aria-disabled")).toBe("true");
  await userEvent.click(screen.getByText("Who was told"));
  expect(calls.some((c) => c.call.includes("alarm-channels"))).toBe(false);
});

test("where nothing is open it says what is watched, and that nobody would be told", async () => {
  world([], []);
  showRouted(<AlarmsPage />);
  await screen.findByRole("heading", { name: "No alarm is open" });
  expect(await screen.findByText("somebody is more than 5 minutes late")).toBeTruthy();
  const link = await screen.findByRole("link", { name: "add a channel" });
  expect(link.getAttribute("href")).toBe("/settings?tab=alarms");
});
