import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

async function opened(path: string): Promise<{ window: Window; page: Page }> {
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  await window.page.goto(path);
  return { window, page: window.page };
}

/** Sends an event by the form that is open, and waits until it is taken. */
async function send(page: Page, type: string, email: string, data: object): Promise<void> {
  const form = page.getByRole("dialog", { name: "Send a test event" });
  await form.getByRole("combobox", { name: "Type" }).fill(type);
  await form.getByLabel("Contact").fill(email);
  await form.getByLabel("Data").fill(JSON.stringify(data));
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await form.getByText("Accepted, and it will not be lost").waitFor();
}

test("an empty installation leads to a workflow that runs, by its first page, a template and a test event", async () => {
  const { program } = stage;
  const { window, page } = await opened("/");
  await page.getByRole("heading", { name: "Begin with a workflow that works" }).waitFor();
  const order = { order_id: "O-1", product: "program-a", amount: 120, currency: "EUR" };

  // An event before anything is there: it is kept, and says that nobody asked for it.
  await page.getByRole("button", { name: "Send a test event" }).click();
  await send(page, "purchase.completed", "early@example.com", order);
  const form = page.getByRole("dialog", { name: "Send a test event" });
  await form.getByText("No active workflow names this type of event.").waitFor();
  await form.getByRole("button", { name: "Done" }).click();

  // The wizard says at the field what is wrong, and makes what is missing.
  await page.getByRole("button", { name: "Use After a purchase" }).click();
  const wizard = page.getByRole("dialog", { name: "After a purchase" });
  await wizard.getByText("pipeline Sales").waitFor();
  window.allow(/status of 422.*\/install/);
  const course = wizard.getByRole("textbox", { name: "Course to open" });
  await course.fill("Program A, first part");
  await wizard.getByRole("button", { name: "Make the draft" }).click();
  await until("the field says what is wrong", async () => (await course.getAttribute("aria-invalid")) === "true");
  await until("it is led to", () => course.evaluate((one) => one === document.activeElement));
  await course.fill("program-a");
  await wizard.getByRole("button", { name: "Make the draft" }).click();
  await page.waitForURL("**/workflows/post-purchase");
  const made = await program.call<{ stages: { key: string }[] }>("GET", "/v1/pipelines/sales");
  expect(made.stages.map((one) => one.key)).toContain("won");
  await program.call("GET", "/v1/courses/program-a");
  await program.call("GET", "/v1/email-templates/receipt");
  await program.call("POST", "/v1/workflows/course-onboarding/publish", {});

  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByRole("button", { name: "Publish version 1" }).click();
  await dialog.getByText("Version 1 is published.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();

  // A test event, its verdict, and the way to the contact who is inside.
  await page.getByRole("link", { name: "Events" }).click();
  await page.getByRole("button", { name: "Send a test event" }).click();
  await send(page, "purchase.completed", "maya@example.com", { ...order, order_id: "O-2" });
  await form.getByText("enrolled", { exact: true }).waitFor();
  await form.getByRole("link", { name: "To the enrollment" }).click();
  await page.getByText(/It has ended: completed/).waitFor();

  // Her page has the whole story, over both workflows.
  await page.getByRole("main").getByRole("link", { name: "To the contact" }).click();
  await page.waitForURL("**/contacts/**");
  const timeline = page.getByRole("region", { name: "Timeline" });
  for (const words of [/purchase\.completed/, /After a purchase/, /course/i, /receipt/i])
    await timeline.getByRole("listitem").filter({ hasText: words }).first().waitFor();
  const workflows = await timeline.getByRole("link", { name: "To the enrollment" }).evaluateAll((links) => {
    return new Set(links.map((link) => link.getAttribute("href"))).size;
  });
  expect(workflows).toBe(2);
  await page.goto("/workflows");
  await page.getByRole("link", { name: "After a purchase" }).waitFor();
  expect(await page.getByRole("heading", { name: "Begin with a workflow that works" }).count()).toBe(0);
  window.check();
  await window.close();
});

test("a pipeline and a deal are made on the board; the deal that is dragged tells her timeline and a workflow", async () => {
  const { program } = stage;
  await program.call("POST", "/v1/contacts", { email: "kim@example.com", first_name: "Kim" });
  const { window, page } = await opened("/pipelines");
  await page.getByRole("button", { name: "New pipeline" }).click();
  const making = page.getByRole("dialog", { name: "New pipeline" });
  await making.getByRole("textbox", { name: "Name", exact: true }).fill("Weddings");
  await making.getByRole("button", { name: "Add a stage" }).click();
  await making.getByLabel("Name of stage 4").fill("New");
  window.allow(/status of 422.*\/v1\/pipelines/);
  await making.getByRole("button", { name: "Make the pipeline" }).click();
  await until("the field says what is wrong", async () => {
    return (await making.getByLabel("Name of stage 4").getAttribute("aria-invalid")) === "true";
  });
  await making.getByLabel("Name of stage 4").fill("Offer");
  await making.getByRole("button", { name: "Make the pipeline" }).click();
  await page.waitForURL("**/pipelines?pipeline=weddings");
  await program.call("PUT", "/v1/workflows/on-offer", {
    schema: 1,
    key: "on-offer",
    name: "On offer",
    triggers: [{ id: "moved", event: "deal.stage_changed", where: { field: "event.to", op: "eq", value: "offer" } }],
    start: "done",
    nodes: { done: { type: "end", with: { outcome: "success" } } },
  });
  await program.call("POST", "/v1/workflows/on-offer/publish", {});

  await page.getByRole("button", { name: "New deal" }).click();
  const deal = page.getByRole("dialog", { name: "New deal in Weddings" });
  await deal.getByLabel("Title").fill("Photos in June");
  await deal.getByLabel("Contact").fill("nobody@example.com");
  window.allow(/status of 422.*\/v1\/deals/);
  await deal.getByRole("button", { name: "Make the deal" }).click();
  await until("the field says what is wrong", async () => {
    return (await deal.getByLabel("Contact").getAttribute("aria-invalid")) === "true";
  });
  await deal.getByLabel("Contact").fill("kim@example.com");
  await deal.getByLabel("Value").fill("1800");
  await deal.getByRole("button", { name: "Make the deal" }).click();
  const column = (name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) });
  await column("New").getByText("Photos in June").waitFor();
  await page.getByRole("listitem").filter({ hasText: "Photos in June" }).dragTo(column("Offer"));
  await column("Offer").getByText("Photos in June").waitFor();
  await page.goto("/contacts");
  await page
    .getByRole("link", { name: /kim@example.com|Kim/ })
    .first()
    .click();
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("listitem").filter({ hasText: "deal.stage_changed" }).first().waitFor();
  await timeline.getByRole("link", { name: "To the enrollment" }).first().click();
  await page.getByText(/It has ended: completed/).waitFor();
  window.check();
  await window.close();
});
