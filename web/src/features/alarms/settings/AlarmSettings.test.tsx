import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import { settings } from "../settings.test-kit";
import { AlarmSettings } from "./AlarmSettings";

const channel = {
  id: "chan_1",
  name: "Team",
  type: "slack",
  to: [],
  url: "https://hooks.slack.com/services/T0/B0/hush",
  sign: null,
  kinds: [],
  workflows: [],
  enabled: true,
  error: null,
  error_at: null,
  sent_at: null,
  created_at: "2026-03-09T08:00:00Z",
  updated_at: "2026-03-09T08:00:00Z",
};
const refused = (pointer: string, message: string) =>
  Response.json(
    { type: "invalid", title: "Not valid", status: 422, errors: [{ pointer, message, hint: "" }] },
    { status: 422 },
  );

function world(more: Parameters<typeof serve>[0] = {}) {
  return serve({
    "GET /v1/alarm-settings": () => ({ settings, own: {} }),
    "GET /v1/alarm-channels": () => ({ items: [channel], next: null }),
    "GET /v1/workflows": () => ({ items: [], next: null }),
    "GET /v1/secrets": () => ({ items: [{ name: "hook", updated_at: channel.created_at }] }),
    ...more,
  });
}

test("a channel is made; what the server refuses stands at its field", async () => {
  let tries = 0;
  const calls = world({
    "POST /v1/alarm-channels": () =>
      ++tries === 1 ? refused("/url", "there is no secret nope") : Response.json(channel, { status: 201 }),
  });
  show(<AlarmSettings />);
  await userEvent.click(await screen.findByRole("button", { name: "Add a channel" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("radio", { name: "Webhook" }));
  await userEvent.type(within(dialog).getByLabelText("Name"), "Ops");
  const address = within(dialog).getByRole("combobox", { name: "Address" });
  await userEvent.type(address, "secret:nope");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add it" }));
  await within(dialog).findByText("there is no secret nope");
  expect(address.getAttribute("aria-invalid")).toBe("true");
  await userEvent.clear(address);
  await userEvent.type(address, "secret:hook");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add it" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls.findLast((c) => c.call === "POST /v1/alarm-channels")?.body).toEqual({
    name: "Ops",
    type: "webhook",
    enabled: true,
    kinds: [],
    workflows: [],
    url: "secret:hook",
  });
});

test("a channel never shows its secret address; its test says what the other side said", async () => {
  world({
    "POST /v1/alarm-channels/:id/test": () =>
      Response.json(
        { type: "not-accepted", title: "Not accepted", detail: "no_service", status: 502 },
        { status: 502 },
      ),
  });
  show(<AlarmSettings />);
  const item = await screen.findByRole("listitem", { name: "Channel Team" });
  expect(within(item).getByText("https://hooks.slack.com/…")).toBeTruthy();
  await userEvent.click(within(item).getByRole("button", { name: "Change …" }));
  await screen.findByRole("dialog");
  expect(document.body.innerHTML).not.toContain("hush");
  await userEvent.keyboard("{Escape}");
  await userEvent.click(within(item).getByRole("button", { name: "Send a test" }));
  await within(item).findByText("no_service");
});

test("limits send what was changed, and show refusals at the field", async () => {
  const calls = world({
    "PATCH /v1/alarm-settings": () => refused("/lateness/after", "is no length"),
  });
  show(<AlarmSettings />);
  const field = await screen.findByRole("textbox", { name: "Late: Later than" });
  expect(screen.getByRole("button", { name: "Save" }).hasAttribute("disabled")).toBe(true);
  await userEvent.clear(field);
  await userEvent.type(field, "soon");
  await userEvent.click(screen.getByRole("switch", { name: "Stuck: on" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("is no length");
  expect(calls.find((c) => c.call.startsWith("PATCH"))?.body).toEqual({
    lateness: { after: "soon" },
    wedged: { on: false },
  });
});

test("who is no administrator sees the limits, changes none, and asks for no channel", async () => {
  const calls = world({ "GET /v1/session": () => ({ person: "Vera", scopes: ["viewer"] }) });
  show(<AlarmSettings />);
  await screen.findByText("Only a key with the scope admin may see who is told.");
  const field = await screen.findByRole("textbox", { name: "Late: Later than" });
  await waitFor(() => expect(field.hasAttribute("disabled")).toBe(true));
  expect(calls.some((c) => c.call.includes("alarm-channels"))).toBe(false);
});
