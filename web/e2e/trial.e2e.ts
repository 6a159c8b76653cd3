import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder, state, step, untilDraft } from "./builder";
import { until } from "./program";
import { serviceOutOfOrder } from "./service";
import { Stage } from "./stage";

const stage = Stage.set();
const shop = serviceOutOfOrder(503);
const key = "invoice";
const nora = { email: "nora@example.com", first_name: "Nora", timezone: "Europe/Berlin" };

beforeAll(() => stage.program.call("POST", "/v1/contacts", nora));

/** Waits for a payment, reminds or thanks, calls the shop, and rests for two hours. */
async function drawn(): Promise<void> {
  const { program } = stage;
  const mail = (name: string, subject: string) => ({
    type: "email",
    name,
    with: { subject, body: `${subject}, {{ contact.first_name }}.`, class: "transactional" },
  });
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: "Invoice",
    triggers: [{ id: "sent", event: "invoice.sent" }],
    exits: [{ id: "void", event: "invoice.voided" }],
    start: "paid",
    nodes: {
      paid: {
        type: "wait_event",
        name: "Is it paid?",
        with: { events: [{ id: "yes", event: "invoice.paid" }], timeout: "3d" },
        next: { yes: "thanks", timeout: "remind" },
      },
      remind: { ...mail("Remind", "Please pay"), next: "call" },
      thanks: { ...mail("Thank", "Thank you"), next: "call" },
      call: { type: "webhook", name: "Tell the shop", with: { url: shop.url, method: "GET" }, next: "rest" },
      rest: { type: "wait", name: "Rest", with: { for: "2h" }, next: "done" },
      done: { type: "end", name: "Done", with: { outcome: "success" } },
    },
  });
}

async function opened(): Promise<{ window: Window; page: Page }> {
  await drawn();
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  await openBuilder(window.page, key);
  return { window, page: window.page };
}

async function choose(page: Page, field: string): Promise<void> {
  await page.getByRole("combobox", { name: field, exact: true }).fill("nora");
  await page.getByRole("option", { name: /^Nora/ }).click();
}

test("events are put into a rehearsal at their times, and lead it another way", async () => {
  const { window, page } = await opened();
  await page.getByRole("tab", { name: "Rehearse" }).click();
  const panel = page.getByRole("complementary", { name: "Rehearse" });
  await choose(page, "Contact");
  await panel.getByText("Start: now").click();
  await panel.getByLabel("Start").fill("2027-03-26T09:00");
  const run = panel.getByRole("button", { name: "Rehearse", exact: true });
  const steps = panel.getByRole("list", { name: "Rehearsed steps" });
  const one = (name: string) => steps.getByRole("listitem").filter({ hasText: name });
  await run.click();
  await panel.getByText(/It would be completed, outcome success/).waitFor();
  await one("Remind").waitFor();
  expect(await one("Thank").count()).toBe(0);

  // Paid two days later, after the clocks went forward in Berlin.
  await panel.getByText("Events on the way (0)").click();
  await panel.getByRole("button", { name: "Add an event" }).click();
  await panel.getByRole("combobox", { name: "Event", exact: true }).fill("invoice.paid");
  window.allow(/status of 422.*\/rehearse/);
  await panel.getByLabel("After").fill("soon");
  await run.click();
  await until("the field says what is wrong", async () => {
    return (await panel.getByLabel("After").getAttribute("aria-invalid")) === "true";
  });
  await panel.getByLabel("After").fill("2d");
  await run.click();
  await one("Thank").waitFor();
  await one("Thank")
    .getByText(/Sun 28 Mar 2027 10:00 \(Europe\/Berlin\)/)
    .waitFor();
  await panel.getByText(/It would be completed, outcome success/).waitFor();
  expect(await one("Remind").count()).toBe(0);
  await step(page, "Thank,.*done").waitFor();

  // An event that ends it comes first.
  await panel.getByRole("button", { name: "Add an event" }).click();
  await panel.getByLabel("After").nth(1).fill("1d");
  await panel.getByRole("combobox", { name: "Event", exact: true }).nth(1).fill("invoice.voided");
  await run.click();
  await panel.getByText(/It would be exited/).waitFor();
  expect(await one("Thank").count()).toBe(0);
  window.check();
  await window.close();
});

test("a call is tried and its answer used, a mail goes to oneself, and a test shows attempts and real waits", async () => {
  const { program } = stage;
  const { window, page } = await opened();

  // The mail as the contact gets it, sent to oneself.
  await step(page, "Thank").click();
  const mail = page.getByRole("region", { name: "The mail" });
  await choose(page, "Preview for");
  await mail.getByText("Thank you", { exact: true }).waitFor();
  await mail.getByLabel("Send test to me").fill("me@example.com");
  await mail.getByRole("button", { name: "Send", exact: true }).click();
  await mail.getByText(/^Sent to me@example.com/).waitFor();
  type Mails = { items: { to: string[]; subject: string }[] };
  const sink = async () => (await program.call<Mails>("GET", "/dev/mail?limit=20")).items;
  expect((await sink()).map((one) => one.to.join())).toEqual(["me@example.com"]);

  // The call as it stands: first refused, then answered; a value of the answer goes into a step behind.
  await step(page, "Tell the shop").click();
  const trying = page.getByRole("region", { name: "Try it" });
  await trying.getByRole("button", { name: "Make the call now" }).click();
  await trying.getByText("Status 503").waitFor();
  shop.mended = true;
  await trying.getByRole("button", { name: "Make the call now" }).click();
  await trying.getByText("Status 200").waitFor();
  await trying.getByRole("button", { name: /booked/ }).click();
  await page.getByRole("menuitem", { name: "Branch on it" }).click();
  await untilDraft(program, key, "branches on the answer", ({ nodes = {} }) => {
    const next = nodes[String(nodes.call?.next)];
    return next?.type === "branch" && nodes.call?.with?.save_as === "answer";
  });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await untilDraft(program, key, "goes on without a branch", ({ nodes }) => nodes?.call?.next === "rest");
  await state(page, "Saved").waitFor();

  // A test that waits for real; its waits are said with their time, and attempts with the next one.
  shop.mended = false;
  await page.getByRole("tab", { name: "Test", exact: true }).click();
  const panel = page.getByRole("complementary", { name: "Test" });
  await panel.getByText("Mail goes to the sink, to nobody else.").waitFor();
  await panel.getByText("Really send mail").click();
  await panel.getByText("Mail goes to the contact for real.").waitFor();
  await panel.getByText("Mail to the sink", { exact: true }).click();
  await panel.getByText("Real waits").click();
  await panel.getByRole("button", { name: "Start the test" }).click();
  await panel.getByText("On its way").waitFor();
  const steps = panel.getByRole("list", { name: "Steps" });
  const one = (name: string) => steps.getByRole("listitem").filter({ hasText: name });
  await one("Is it paid?").getByText("waiting", { exact: true }).waitFor();
  await step(page, "Is it paid\\?, until .*Europe/Berlin").waitFor();
  await program.call("POST", "/v1/events", { type: "invoice.paid", contact: { email: nora.email } });
  await one("Thank").getByText("done", { exact: true }).waitFor();
  await panel.getByRole("link", { name: "To the enrollment" }).click();
  await page.waitForURL("**/enrollments/**");
  await page.getByText("Draft, as it was then").waitFor();
  const call = page
    .getByRole("list", { name: "Steps", exact: true })
    .getByRole("listitem")
    .filter({ hasText: "Tell the shop" });
  await call.getByText(/^[2-9] attempts$/).waitFor({ timeout: 60_000 });
  await call.getByText(/^Next attempt/).waitFor({ timeout: 60_000 });
  shop.mended = true;
  await call.getByText("done", { exact: true }).waitFor({ timeout: 90_000 });
  const rest = page.getByRole("list", { name: "Steps", exact: true }).getByRole("listitem").filter({ hasText: "Rest" });
  await rest.getByText("waiting", { exact: true }).waitFor();
  expect((await sink()).map((one) => one.to.join())).toContain(nora.email);
  window.check();
  await window.close();
});
