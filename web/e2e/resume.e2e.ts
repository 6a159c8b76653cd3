import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

type Step = { node: string; status: string; left_at: string | null };
type Standing = { status: string; node: string; due_at: string | null; steps: Step[] };
type Workflow = { status: string; paused?: { clocks: string } };

test("waits stand still, last longer, are spread or skipped, as it is chosen at pause and resume", async () => {
  const { program } = stage;
  const waits = { still: "3d", frozen: "8s", longer: "8s", spread: "8s", skipped: "8s" };
  for (const [key, length] of Object.entries(waits)) {
    await program.call("PUT", `/v1/workflows/${key}`, {
      schema: 1,
      key,
      name: key,
      triggers: [{ id: "rested", event: "rest.begun" }],
      start: "rest",
      nodes: {
        rest: { type: "wait", name: "Rest", with: { for: length }, next: "mark" },
        mark: { type: "tag_add", name: "Mark", with: { tag: key }, next: "last" },
        last: { type: "wait", name: "Last rest", with: { for: "9d" }, next: "done" },
        done: { type: "end" },
      },
    });
    await program.call("POST", `/v1/workflows/${key}/publish`, {});
  }
  const one = async (key: string) => {
    const { items } = await program.call<{ items: { id: string }[] }>("GET", `/v1/enrollments?workflow=${key}`);
    return items[0] && program.call<Standing>("GET", `/v1/enrollments/${items[0].id}`);
  };
  const due = async (key: string) => Date.parse((await one(key))?.due_at ?? "");
  await program.call("POST", "/v1/events", { type: "rest.begun", contact: { email: "pia@example.com" } });
  const paused = new Map<string, { due: number; at: number }>();
  for (const [key, clocks] of [
    ["frozen", "freeze"],
    ["longer", "run"],
    ["spread", "run"],
    ["skipped", "run"],
  ] as const) {
    await until(`${key} waits`, async () => (await one(key))?.status === "waiting");
    await program.call("POST", `/v1/workflows/${key}/pause`, { clocks });
    paused.set(key, { due: await due(key), at: Date.now() });
  }

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  const banner = page.getByRole("status").filter({ hasText: /^Paused\. By / });
  await openBuilder(page, "still");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Pause …" }).click();
  const pausing = page.getByRole("dialog", { name: "Pause “still”" });
  await pausing.getByText("Inside now: 1 waiting.").waitFor();
  await pausing.getByLabel("Stand still").check();
  await pausing.getByRole("button", { name: "Pause", exact: true }).click();
  await banner.getByText("Waits stand still meanwhile.").waitFor();
  expect(await program.call<Workflow>("GET", "/v1/workflows/still")).toMatchObject({ paused: { clocks: "freeze" } });

  const resume = async (key: string, choice: string, over?: string) => {
    await openBuilder(page, key);
    await banner.getByRole("button", { name: "Resume …" }).click();
    const dialog = page.getByRole("dialog", { name: `Resume “${key}”` });
    await dialog.getByText(/^Inside now: /).waitFor();
    await dialog.getByLabel(choice, { exact: true }).check();
    if (over) await dialog.getByRole("textbox", { name: "Over" }).fill(over);
    const began = Date.now();
    await dialog.getByRole("button", { name: "Resume", exact: true }).click();
    await banner.waitFor({ state: "detached" });
    expect((await program.call<Workflow>("GET", `/v1/workflows/${key}`)).status).toBe("active");
    return began;
  };
  const goneOn = (key: string) => until(`${key} goes on`, async () => (await one(key))?.node === "last");
  const steps = async (key: string) => (await one(key))?.steps ?? [];
  const longest = Math.max(...[...paused.values()].map((p) => p.due));
  await until("what was due is overdue", () => Date.now() > longest);
  expect((await one("frozen"))?.status).toBe("paused");
  const began = { frozen: await resume("frozen", "Now"), longer: await resume("longer", "Shift everything") };
  await resume("skipped", "Skip what was missed");
  await goneOn("skipped");
  expect((await steps("skipped")).map(({ node, status }) => `${node} ${status}`).slice(0, 2)).toEqual([
    "rest done",
    "mark skipped",
  ]);
  const spread = await resume("spread", "Spread over a stretch", "2s");
  await goneOn("spread");
  expect(Date.parse((await steps("spread"))[0]?.left_at ?? "")).toBeGreaterThanOrEqual(spread);
  expect((await steps("spread"))[1]).toMatchObject({ node: "mark", status: "done" });
  for (const key of ["frozen", "longer"] as const) {
    await goneOn(key);
    const { due, at } = paused.get(key) ?? { due: 0, at: 0 };
    const left = Date.parse((await steps(key))[0]?.left_at ?? "");
    expect(left, `${key} has waited for longer, by the pause`).toBeGreaterThanOrEqual(due + began[key] - at);
    expect((await steps(key))[1]).toMatchObject({ node: "mark", status: "done" });
  }
  await resume("still", "Now");
  expect((await one("still"))?.node).toBe("rest");
  window.check();
  await window.close();
});
