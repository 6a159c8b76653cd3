import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { settled, signIn, Window } from "./browser";
import { furnish } from "./furnish";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

async function keyOf(person: string, scope: string): Promise<string> {
  const body = { name: person, person, scopes: [scope] };
  return (await stage.program.call<{ key: string }>("POST", "/v1/api-keys", body)).key;
}

/** Publishes a workflow that holds whoever comes in by an event, and sends one contact. */
async function hold(key: string, email: string): Promise<string> {
  const type = `help.${key.replaceAll("-", "_")}`;
  await stage.program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: key,
    triggers: [{ id: "asked", event: type }],
    start: "look",
    nodes: {
      look: { type: "hold", name: "Look at it", with: { reason: "A person decides" }, next: "tag" },
      tag: { type: "tag_add", name: "Mark", with: { tag: "seen" }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  await stage.program.call("POST", `/v1/workflows/${key}/publish`, {});
  await stage.program.call("POST", "/v1/events", { type, contact: { email } });
  let id = "";
  await until("the enrollment is held", async () => {
    const { items } = await stage.program.call<{ items: { id: string; status: string }[] }>(
      "GET",
      `/v1/enrollments?workflow=${key}`,
    );
    id = items[0]?.id ?? "";
    return items[0]?.status === "held";
  });
  return id;
}

/** The buttons of a page that cannot be pressed and do not say why; parts of other controls are no buttons. */
function unexplained(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button:disabled, button[aria-disabled=true]")]
      .filter((button) => button.tabIndex >= 0 && !button.closest("[aria-hidden=true]"))
      .filter((button) => !["aria-description", "aria-describedby", "title"].some((a) => button.getAttribute(a)))
      .map((button) => `${location.pathname}: ${button.getAttribute("aria-label") ?? button.textContent}`),
  );
}

test("who may only look sees every page; what is not allowed is disabled, says why, and is not asked for", async () => {
  const pages = await furnish(stage.program);
  const held = await hold("for-viewers", "vera@example.com");
  const key = await keyOf("Vera", "viewer");
  const window = await Window.open(stage.browser, stage.program.url);
  const { page } = window;
  const refused: string[] = [];
  page.on("response", (r) => {
    if (r.status() === 403) refused.push(`${r.request().method()} ${r.url()}`);
  });
  window.allow(/status of 401.*\/v1\/session/);
  await page.goto("/");
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Workflows" }).waitFor();

  const silent: string[] = [];
  for (const path of [...pages.map((one) => one.path), `/enrollments/${held}`]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await settled(page);
    silent.push(...(await unexplained(page)));
  }
  expect(silent).toEqual([]);

  const release = page.getByRole("button", { name: "Release", exact: true, disabled: true });
  await release.hover({ force: true });
  await page.getByRole("tooltip").filter({ hasText: "Needs the scope editor." }).waitFor();
  await release.click({ force: true });
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.getByRole("link", { name: "Workflows", exact: true }).click();
  await page.getByRole("button", { name: "New workflow", disabled: true }).waitFor();
  expect(refused).toEqual([]);
  window.check();
  await window.close();
});

test("who may edit releases a held enrollment, and sees it go on to its end", async () => {
  const held = await hold("for-editors", "emil@example.com");
  const window = await Window.open(stage.browser, stage.program.url);
  const { page } = window;
  await signIn(window, await keyOf("Edda", "editor"));
  await page.goto("/enrollments");
  await page.getByRole("link", { name: "emil@example.com" }).click();
  await page.waitForURL((url) => url.pathname === `/enrollments/${held}`);
  const steps = page.getByRole("list", { name: "Steps" });
  await steps.getByRole("listitem").filter({ hasText: "Look at it" }).getByText("held").waitFor();
  await page.getByRole("button", { name: "Release", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /Release/ });
  await dialog.getByRole("button", { name: "Release" }).click();
  await dialog.getByText(/now /).waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByText(/It has ended: completed/).waitFor();
  await steps.getByRole("listitem").filter({ hasText: "Mark" }).getByText("done").waitFor();
  window.check();
  await window.close();
});

test("a deal that is dragged on the board starts a workflow, and the log of events says so", async () => {
  const { program } = stage;
  const stages = [
    { key: "new", name: "New", kind: "open" },
    { key: "offer", name: "Offer", kind: "open" },
    { key: "won", name: "Won", kind: "won" },
  ];
  await program.call("POST", "/v1/pipelines", { key: "studio", name: "Studio", stages });
  const contact = await program.call<{ id: string }>("POST", "/v1/contacts", { email: "dora@example.com" });
  const deal = { title: "Photo book", pipeline: "studio", contact: contact.id, value: 900, currency: "EUR" };
  const { id } = await program.call<{ id: string }>("POST", "/v1/deals", deal);
  await program.call("PUT", "/v1/workflows/on-offer", {
    schema: 1,
    key: "on-offer",
    name: "On offer",
    triggers: [{ id: "moved", event: "deal.stage_changed", where: { field: "event.to", op: "eq", value: "offer" } }],
    start: "done",
    nodes: { done: { type: "end", with: { outcome: "success" } } },
  });
  await program.call("POST", "/v1/workflows/on-offer/publish", {});

  const window = await Window.open(stage.browser, program.url);
  const { page } = window;
  await signIn(window);
  await page.goto("/pipelines?pipeline=studio");
  const to = page.getByRole("region", { name: /^Offer/ });
  await page.getByRole("listitem").filter({ hasText: "Photo book" }).dragTo(to);
  await to.getByText("Photo book").waitFor();
  await until("the deal is moved", async () => {
    return (await program.call<{ stage: string }>("GET", `/v1/deals/${id}`)).stage === "offer";
  });
  await page.getByRole("link", { name: "Events" }).click();
  const event = page.getByRole("article", { name: "deal.stage_changed of dora@example.com" });
  await event.getByText("enrolled", { exact: true }).waitFor();
  await event.getByRole("link", { name: "To the enrollment" }).click();
  await page.getByText(/It has ended: completed/).waitFor();
  window.check();
  await window.close();
});

test("an import shows how far it is, and says of each row that it left out why", async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => `row${i}@example.com,Row ${i}`);
  rows[10] = "not a mail address,Nobody";
  rows[1500] = ",Nameless";
  const window = await Window.open(stage.browser, stage.program.url);
  const { page } = window;
  await signIn(window);
  await page.goto("/contacts");
  await page.getByRole("link", { name: "Import" }).click();
  const asked = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "File" }).click();
  await (await asked).setFiles({
    name: "contacts.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(["email,first_name", ...rows].join("\n")),
  });
  await page.getByText("nothing is changed yet").waitFor();
  await page.getByRole("button", { name: /^Import 2,000 rows/ }).click();
  await page.getByRole("progressbar", { name: /percent of the rows/ }).waitFor();
  await page.getByText("2 rows are left out").waitFor();
  await page.getByText("2,000 of 2,000 rows").waitFor();
  const table = page.getByRole("table");
  await table.getByRole("row", { name: /^12 email/ }).waitFor();
  await table.getByRole("row", { name: /^1502 / }).waitFor();
  await page.getByRole("link", { name: "To the contacts" }).click();
  await page.getByLabel("Find").fill("row1999@");
  await page.getByRole("link", { name: /Row 1999/ }).waitFor();
  window.check();
  await window.close();
});

test("a test of a draft is followed live in the builder, and its mail lands in the sink", async () => {
  const { program } = stage;
  await program.call("POST", "/v1/contacts", { email: "theo@example.com", first_name: "Theo" });
  await program.call("PUT", "/v1/workflows/tried", {
    schema: 1,
    key: "tried",
    name: "Tried",
    triggers: [{ id: "joined", event: "member.joined" }],
    start: "hello",
    nodes: {
      hello: {
        type: "email",
        name: "Say hello",
        with: { subject: "Hello {{ contact.first_name }}", body: "Welcome.", class: "transactional" },
        next: "rest",
      },
      rest: { type: "wait", name: "Rest", with: { for: "30d" }, next: "mark" },
      mark: { type: "tag_add", name: "Mark", with: { tag: "member" }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  const window = await Window.open(stage.browser, program.url);
  const { page } = window;
  await signIn(window);
  await page.goto("/workflows/tried");
  await page.getByRole("tab", { name: "Test" }).click();
  const panel = page.getByRole("complementary", { name: "Test" });
  await panel.getByRole("combobox", { name: "Contact" }).fill("theo");
  await page.getByRole("option", { name: /Theo/ }).click();
  await panel.getByRole("button", { name: "Start the test" }).click();
  const steps = panel.getByRole("list", { name: "Steps" });
  await steps.getByRole("listitem").filter({ hasText: "Say hello" }).getByText("done", { exact: true }).waitFor();
  await steps.getByRole("listitem").filter({ hasText: "Mark" }).getByText("done", { exact: true }).waitFor();
  await panel.getByText("Ended", { exact: true }).waitFor();
  await panel.getByRole("link", { name: "Its mails in the sink" }).click();
  await page.getByRole("heading", { name: "Mail sink" }).waitFor();
  await page.getByText("Hello Theo").first().waitFor();
  window.check();
  await window.close();
});
