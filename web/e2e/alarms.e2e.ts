import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

type Notice = { type: string; data: { summary?: string; workflow?: string } };
let ops: Server;
let address = "";
const heard: Notice[] = [];

// What stands at the other end of the channel.
beforeAll(async () => {
  ops = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      heard.push(JSON.parse(body) as Notice);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((ready) => ops.listen(0, "127.0.0.1", ready));
  const at = ops.address();
  address = at && typeof at === "object" ? `http://127.0.0.1:${at.port}/hush` : "";
});
afterAll(() => new Promise((closed) => ops.close(closed)));

const greet = (tests: unknown[] = []) => ({
  schema: 1,
  key: "greet",
  name: "Greet",
  triggers: [{ id: "go", event: "form.submitted" }],
  start: "big",
  nodes: {
    big: {
      type: "branch",
      name: "A big one?",
      with: { branches: [{ id: "yes", when: { field: "trigger.amount", op: "gte", value: 500 } }] },
      next: { yes: "hello", else: "hello" },
    },
    hello: {
      type: "email",
      name: "Say hello",
      with: { template: "welcome", class: "transactional" },
      strict: true,
      next: "done",
    },
    done: { type: "end", name: "Done", with: { outcome: "success" } },
  },
  ...(tests.length > 0 && { tests }),
});

async function enter(from: number, to: number) {
  for (let i = from; i < to; i++) {
    await stage.program.call("POST", "/v1/events", {
      type: "form.submitted",
      contact: { email: `p${i}@example.com` },
      data: { amount: i * 100 },
    });
  }
}

test("a template breaks, the alarm names it and reaches a channel; somebody acknowledges it", async () => {
  const { program } = stage;
  await program.call("POST", "/v1/email-templates", {
    key: "welcome",
    subject: "Welcome",
    text: "Hello",
    class: "transactional",
  });
  await program.call("PUT", "/v1/workflows/greet", greet());
  await program.call("POST", "/v1/workflows/greet/publish", {});

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/alarms");
  await page.getByRole("heading", { name: "No alarm is open" }).waitFor();
  await page.getByRole("link", { name: "add a channel" }).click();
  await page.getByRole("button", { name: "Add a channel" }).click();
  const dialog = page.getByRole("dialog", { name: "New channel" });
  await dialog.getByText("Webhook", { exact: true }).click();
  await dialog.getByLabel("Name").fill("Operations");
  await dialog.getByRole("combobox", { name: "Address" }).fill(address);
  await dialog.getByRole("button", { name: "Add it" }).click();
  const channel = page.getByRole("listitem", { name: "Channel Operations" });
  await channel.getByRole("button", { name: "Send a test" }).click();
  await channel.getByText(/^Last told/).waitFor();
  expect(heard.map((n) => n.type)).toEqual(["alarm.test"]);
  expect(await page.content()).not.toContain("/hush");

  await program.call("PATCH", "/v1/email-templates/welcome", { text: "Your voucher: {{ trigger.voucher }}" });
  await enter(3, 7);
  await until("all four are held", async () => {
    const path = "/v1/enrollments?workflow=greet&status=held";
    return (await program.call<{ items: unknown[] }>("GET", path)).items.length === 4;
  });

  await page.goto("/alarms");
  const alarm = page.getByRole("listitem", { name: "Errors: greet" });
  // The server looks once a minute, and the page soon after.
  await alarm.waitFor({ timeout: 150_000 });
  // It may have rung at the third of them, and says so until the server looks once more.
  await alarm.getByText(/^4 of \d+ steps failed in the last hour/).waitFor({ timeout: 150_000 });
  await alarm.getByText("5 % and at least 3, within 1 hour").waitFor();
  await page.getByRole("link", { name: "Alarms", exact: false }).filter({ hasText: "1" }).first().waitFor();
  await until("the channel has it", () => heard.some((n) => n.type === "alarm.opened"));
  expect(heard.at(-1)?.data).toMatchObject({ workflow: "greet" });
  await alarm.getByText("Who was told").click();
  await alarm.getByText(/^The alarm was handed over, to Operations/).waitFor();

  await alarm.getByRole("button", { name: "Acknowledge …" }).click();
  const know = page.getByRole("dialog", { name: "Errors: greet" });
  await know.getByLabel("Note").fill("The template is being mended");
  await know.getByRole("button", { name: "Acknowledge" }).click();
  await alarm.getByText(/acknowledged it .*The template is being mended/).waitFor();
  await look(page, "alarm");

  // Health at a glance: the alarm stands at the row of its workflow, and leads to it.
  await page.goto("/workflows");
  const row = page.getByRole("row").filter({ hasText: "Greet" });
  const badge = row.getByRole("link", { name: /^Alarm: Errors\. 4 of \d+ steps failed .* Somebody knows of it\.$/ });
  await badge.waitFor();
  await look(page, "workflows-alarm");
  await badge.click();
  await page.getByText("Of the workflow greet alone.").waitFor();
  await alarm.waitFor();

  // The workflow gets a limit of its own; it holds at once, and the page hears without asking.
  await page.getByRole("link", { name: "Its limits" }).click();
  const limits = page.getByRole("region", { name: "Limits" });
  const errors = limits.getByRole("group", { name: "Errors" });
  await errors.getByRole("textbox", { name: "Errors: Share, in percent" }).fill("90");
  await limits.getByRole("button", { name: "Save the limits" }).click();
  await errors.getByText("of this workflow alone").waitFor();
  await errors.scrollIntoViewIfNeeded();
  await look(page, "workflow-limits");
  const own = await program.call<{ own: unknown }>("GET", "/v1/workflows/greet/alarm-settings");
  expect(own.own).toEqual({ error_rate: { rate: 0.9 } });
  await errors.getByRole("button", { name: "Errors: as the account has it" }).click();
  await errors.getByText("of this workflow alone").waitFor({ state: "detached" });
  await page.goto("/alarms");

  await alarm.getByRole("link", { name: /^The change of the mail template welcome by/ }).click();
  await page.waitForURL((url) => url.pathname === "/mail/welcome");
  window.check();
  await window.close();
}, 400_000);

test("a draft with tests is carried over past events: what it says is what really came", async () => {
  const { program } = stage;
  await program.call("PATCH", "/v1/email-templates/welcome", { text: "Hello" });
  const expected = { outcome: "success", path: ["big", "hello", "done"] };
  const trigger = (amount: number) => ({ type: "form.submitted", data: { amount } });
  await program.call(
    "PUT",
    "/v1/workflows/greet",
    greet([{ name: "a big one is greeted", trigger: trigger(900), expect: { ...expected, outcome: "neutral" } }]),
  );
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "greet");
  await page.getByRole("tab", { name: "Test", exact: true }).click();
  const tests = page.getByRole("region", { name: "Tests of the definition" });
  await tests.getByText("1 of 1 test fails.").waitFor();
  await tests.getByText(/^Expected the outcome neutral, came success/).waitFor();
  await tests.getByRole("list", { name: "Ways that no test takes" }).getByText("“else”").waitFor();
  await page.getByRole("tab", { name: "Versions", exact: true }).click();
  await page
    .getByRole("group", { name: "Watch" })
    .getByRole("row", { name: /^Entered 4 0/ })
    .waitFor();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Backtest on past events …" }).click();
  await page.getByRole("heading", { name: "No backtest yet" }).waitFor();
  // A draft whose tests fail can be looked at all the same.
  await page.getByRole("button", { name: "Run the backtest" }).click();
  await page.getByRole("heading", { name: /^4 would have entered in 30 days/ }).waitFor();
  const ways = page.getByRole("group", { name: "A big one?" }).getByRole("listitem");
  expect(await ways.allInnerTexts()).toEqual([
    expect.stringMatching(/yes\s*2, 50 %/),
    expect.stringMatching(/else\s*2, 50 %/),
  ]);
  await page.getByText(/4 really entered in that time; 4 contacts in both/).waitFor();
  await look(page, "backtest-result");
  window.check();
  await window.close();
});
