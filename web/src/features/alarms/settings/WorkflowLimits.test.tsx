import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "@/test/render";
import { serve } from "@/test/server";
import { settings } from "../settings.test-kit";
import { LimitsForm } from "./LimitsForm";
import { limitGroups, ownParts } from "./limits";

type Answer = { settings: typeof settings; own: Record<string, unknown> };

function world(first: Answer, scopes = ["publisher"]) {
  let answer = first;
  const calls = serve({
    "GET /v1/session": () => ({ person: "Paula", scopes }),
    "GET /v1/workflows/:key/alarm-settings": () => answer,
    "PATCH /v1/workflows/:key/alarm-settings": async (request) => {
      const patch = (await request.json()) as Partial<typeof settings>;
      const own = { ...answer.own, ...patch };
      answer = { settings: { ...settings, ...patch, lateness: patch.lateness ?? settings.lateness }, own };
      return answer;
    },
  });
  return calls;
}

test("a workflow gets a limit of its own, says so, and goes back to the account's", async () => {
  const calls = world({ settings, own: {} });
  show(<LimitsForm workflow="shop now" narrow />);
  const late = await screen.findByRole("group", { name: "Late" });
  expect(within(late).queryByText("of this workflow alone")).toBeNull();
  const field = within(late).getByRole("textbox", { name: "Late: Later than" });
  await waitFor(() => expect(field.hasAttribute("disabled")).toBe(false));
  await userEvent.clear(field);
  await userEvent.type(field, "30m");
  await userEvent.click(screen.getByRole("button", { name: "Save the limits" }));
  await within(late).findByText("of this workflow alone");
  const patches = () => calls.filter((c) => c.call.startsWith("PATCH"));
  expect(patches()).toEqual([
    { call: "PATCH /v1/workflows/shop%20now/alarm-settings", body: { lateness: { after: "30m" } } },
  ]);
  await userEvent.click(within(late).getByRole("button", { name: "Late: as the account has it" }));
  await waitFor(() => expect(within(late).queryByText("of this workflow alone")).toBeNull());
  expect(patches().at(-1)?.body).toEqual({ lateness: null });
});

test("who may not publish sees the limits of a workflow and why none can be changed", async () => {
  world({ settings, own: { lateness: { after: "5m" } } }, ["editor"]);
  show(<LimitsForm workflow="shop" />);
  const late = await screen.findByRole("group", { name: "Late" });
  const field = within(late).getByRole("textbox", { name: "Late: Later than" });
  await waitFor(() => expect(field.hasAttribute("disabled")).toBe(true));
  const button = screen.getByRole("button", { name: "Save the limits" });
  expect(button.getAttribute("aria-description")).toBe("Needs the scope publisher.");
});

test("what is set for a workflow alone is found in its group; null is not set", () => {
  const own = { error_rate: { rate: 0.1 }, remind_every: "1d", silence: null };
  const parts = Object.fromEntries(limitGroups.map((g) => [g.title, ownParts(g, own)]));
  expect(parts).toMatchObject({ Errors: ["error_rate"], Silence: [], Late: [], "All alarms": ["remind_every"] });
});
