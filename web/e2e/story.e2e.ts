import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { state, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

test("the link of the banner signs in, and only once", async () => {
  const link = stage.program.link();
  const window = await Window.open(stage.browser, stage.program.url);
  await window.page.goto(link);
  await window.page.getByRole("heading", { name: "Begin with a workflow that works" }).waitFor();
  expect(window.page.url()).not.toContain("code");
  window.check();
  await window.close();

  const late = await Window.open(stage.browser, stage.program.url);
  late.allow(/status of 401.*\/v1\/session/);
  await late.page.goto(link);
  await late.page.getByRole("alert").waitFor();
  await late.page.goto("/workflows");
  await late.page.getByLabel("API key").waitFor();
  late.check();
  await late.close();
});

test("from the gallery to a client who is inside: fill in, edit, rehearse, publish, follow", async () => {
  const { program } = stage;
  const klara = { email: "klara@example.com", first_name: "Klara", last_name: "Berg", timezone: "Europe/Berlin" };
  await program.call("POST", "/v1/contacts", klara);
  const window = await Window.open(stage.browser, program.url);
  const { page } = window;
  await signIn(window);

  // Install it by its wizard.
  await page.goto("/workflows");
  await page.getByRole("link", { name: "Gallery" }).click();
  await page.getByRole("button", { name: "Use 21-day agency onboarding" }).click();
  const wizard = page.getByRole("dialog", { name: "21-day agency onboarding" });
  await wizard.getByLabel("Link to book the kickoff call").fill("https://calls.example/kickoff");
  await wizard.getByText("mail template Welcome packet").waitFor();
  await wizard.getByRole("button", { name: "Make the draft" }).click();
  await page.waitForURL("**/workflows/agency-onboarding");

  // Edit a mail, and see what the server makes of it for a contact.
  await step(page, "Schedule the kickoff call").click();
  const mail = page.getByRole("region", { name: "The mail" });
  await mail.getByRole("combobox", { name: "Preview for" }).fill("klara");
  await page.getByRole("option", { name: /Klara Berg/ }).click();
  await page.getByRole("textbox", { name: "Subject" }).fill("When shall we call, {{ contact.first_name }}?");
  await mail.getByText("When shall we call, Klara?").waitFor();
  await page.frameLocator("iframe[title='The mail on a desktop']").getByText("Hi Klara").waitFor();
  await state(page, "Saved").waitFor();
  await untilDraft(program, "agency-onboarding", "has the subject", (d) => {
    return d.nodes?.kickoff?.with?.subject === "When shall we call, {{ contact.first_name }}?";
  });

  // Rehearse it: signed on a Monday, a week before the clocks change in Berlin.
  await page.getByRole("tab", { name: "Rehearse" }).click();
  const panel = page.getByRole("complementary", { name: "Rehearse" });
  await panel.getByText("Start: now").click();
  await panel.getByLabel("Start").fill("2027-03-22T08:30");
  await panel.getByRole("button", { name: "Rehearse" }).click();
  await panel.getByText(/It would be completed, outcome success/).waitFor();
  const rehearsed = panel.getByRole("list", { name: "Rehearsed steps" });
  const days = { "Strategy document": "29 Mar", "First draft": "5 Apr", "Introduce the account manager": "12 Apr" };
  for (const [title, day] of Object.entries(days)) {
    const one = rehearsed.getByRole("listitem").filter({ hasText: title });
    await one.getByText(`Mon ${day} 2027 09:00 (Europe/Berlin)`).waitFor();
  }
  const kickoff = rehearsed.getByRole("listitem").filter({ hasText: "Schedule the kickoff call" });
  await kickoff.getByText(/When shall we call, Klara\?/).waitFor();
  expect((await program.call<{ items: unknown[] }>("GET", "/dev/mail?limit=1")).items).toEqual([]);

  // Publish it.
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByText("This is the first version.").waitFor();
  await dialog.getByRole("button", { name: "Publish version 1" }).click();
  await dialog.getByText("Version 1 is published.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();

  // The contract is signed: the client comes in, and is followed up to the first wait.
  await page.getByRole("link", { name: "Enrollments" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(window, { since: "the beginning" }));
  await program.call("POST", "/v1/events", {
    type: "contract.signed",
    contact: { email: klara.email },
    data: { contract_id: "C-7", plan: "retainer", amount: 4800, currency: "EUR" },
  });
  await page.getByRole("link", { name: klara.email }).click();
  const steps = page.getByRole("list", { name: "Steps", exact: true });
  const waiting = steps.getByRole("listitem").filter({ hasText: "Do the assets arrive?" });
  await waiting.getByText("waiting", { exact: true }).waitFor();
  await steps.getByRole("listitem").filter({ hasText: "Schedule the kickoff call" }).getByText("done").waitFor();
  await step(page, "Do the assets arrive\\?").waitFor();

  // What the client does next shows without a reload, too.
  await program.call("POST", "/v1/events", { type: "assets.uploaded", contact: { email: klara.email } });
  await waiting.getByText("done", { exact: true }).waitFor();
  await steps.getByRole("listitem").filter({ hasText: "Until day 7" }).getByText("waiting", { exact: true }).waitFor();
  await page
    .getByText(/09:00 \(Europe\/Berlin\)/)
    .first()
    .waitFor();
  expect(await page.evaluate(() => Reflect.get(window, "since"))).toBe("the beginning");

  // Temporal's own page of it, from the port of Temporal's page and nowhere else.
  const enrollment = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const foreign: string[] = [];
  window.context.on("request", (r) => {
    if (/^https?:/.test(r.url()) && !r.url().startsWith(program.temporalUI)) foreign.push(r.url());
  });
  window.allow(new RegExp(program.temporalUI));
  const [temporal] = await Promise.all([
    window.context.waitForEvent("page"),
    page.getByRole("link", { name: "Open in Temporal" }).click(),
  ]);
  await temporal.waitForURL((url) => url.origin === program.temporalUI && url.pathname.includes(enrollment));
  await temporal.getByText(enrollment).first().waitFor({ timeout: 60_000 });
  expect(foreign.filter((url) => !url.startsWith(program.url))).toEqual([]);
  window.check();
  await window.close();
});
