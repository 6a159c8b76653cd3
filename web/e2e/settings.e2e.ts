import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

test("the account, keys and secrets are kept in the settings, and the audit tells who changed them", async () => {
  const { program } = stage;
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;

  // The account: what is wrong is said at its field.
  await page.goto("/settings");
  window.allow(/status of 422.*\/v1\/account/);
  await page.getByLabel("Cap of marketing mails").fill("often");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await until("the field says what is wrong", async () => {
    return (await page.getByLabel("Cap of marketing mails").getAttribute("aria-invalid")) === "true";
  });
  await page.getByLabel("Cap of marketing mails").fill("3/7d");
  await page.getByLabel("Name", { exact: true }).fill("Studio Berg");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Lisbon");
  await page.getByRole("option", { name: "Europe/Lisbon" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The account is saved.").waitFor();
  expect(await program.call("GET", "/v1/account")).toMatchObject({
    name: "Studio Berg",
    timezone: "Europe/Lisbon",
    frequency_cap: "3/7d",
  });

  // A key is shown once, works, and is refused once it is revoked.
  await page.getByRole("tab", { name: "API keys" }).click();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByLabel("Name").fill("Shop");
  await dialog.getByLabel("Person").fill("Ana Berg");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await dialog.getByText("cannot be shown again").waitFor();
  const key = (await dialog.locator("pre").textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "hidden" });
  const row = page.getByRole("row").filter({ hasText: "Shop" });
  await row.getByText("events", { exact: true }).waitFor();
  expect((await page.content()).includes(key)).toBe(false);
  const post = async () =>
    (
      await fetch(`${program.url}/v1/events`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ type: "shop.opened", contact: { email: "kim@example.com" } }),
      })
    ).status;
  expect(await post()).toBeLessThan(300);
  await row.getByRole("button", { name: "Revoke" }).click();
  const sure = page.getByRole("dialog", { name: 'Revoke the key "Shop"?' });
  await sure.getByRole("button", { name: "Revoke" }).click();
  await row.getByText(/revoked/).waitFor();
  expect(await post()).toBe(401);

  // A secret is kept, replaced under its name, and stays while a workflow uses it.
  await page.getByRole("tab", { name: "Secrets" }).click();
  await page.getByLabel("Name", { exact: true }).fill("crm_key");
  await page.getByRole("textbox", { name: "Value" }).fill("the first value");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The secret crm_key is kept.").waitFor();
  await page.getByRole("button", { name: "Replace crm_key" }).click();
  await page.getByText("There is a secret of this name.").waitFor();
  await page.keyboard.type("the second value");
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await page.getByText("The secret crm_key is replaced.").waitFor();
  expect(await page.content()).not.toMatch(/the (first|second) value/);
  await program.call("PUT", "/v1/workflows/calling", {
    schema: 1,
    key: "calling",
    name: "Calling",
    triggers: [{ id: "asked", event: "form.submitted" }],
    start: "call",
    nodes: {
      call: {
        type: "webhook",
        with: { url: `${program.url}/v1/overview`, headers: { Authorization: "secret:crm_key" } },
      },
    },
  });
  window.allow(/status of 409.*\/v1\/secrets/);
  await page.getByRole("row").filter({ hasText: "crm_key" }).getByRole("button", { name: "Remove" }).click();
  const remove = page.getByRole("dialog", { name: 'Remove the secret "crm_key"?' });
  await remove.getByRole("button", { name: "Remove" }).click();
  await remove.getByRole("list", { name: "Used by" }).getByText("workflow calling (draft)").waitFor();
  await remove.getByRole("button", { name: "Keep" }).click();
  await program.call("DELETE", "/v1/workflows/calling");
  await page.getByRole("row").filter({ hasText: "crm_key" }).getByRole("button", { name: "Remove" }).click();
  await remove.getByRole("button", { name: "Remove" }).click();
  await page.getByText("No secret yet").waitFor();

  // All of it is told, and no value.
  await page.getByRole("tab", { name: "Audit" }).click();
  const log = page.getByRole("table");
  for (const words of ["account.update", "api_key.create", "api_key.revoke", "secret.put", "secret.delete"])
    await log.getByText(words, { exact: true }).first().waitFor();
  expect(await log.textContent()).not.toMatch(/the (first|second) value/);
  window.check();
  await window.close();
});

test("a mail template is written, seen as a contact gets it, and not overwritten by another tab", async () => {
  const { program } = stage;
  await program.call("POST", "/v1/contacts", { email: "ida@example.com", first_name: "Ida", last_name: "Lund" });
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/mail");
  await page.getByRole("link", { name: "New template" }).first().click();
  await page.getByLabel("Name").fill("Welcome letter");
  await page.getByRole("textbox", { name: "Subject" }).fill("Welcome, {{ contact.first_name }}");
  await page.getByRole("textbox", { name: "HTML" }).fill("<h1>Hello {{ contact.first_name }}</h1>");
  await page.getByRole("textbox", { name: "Text" }).fill("In plain words: hello {{ contact.first_name }}");
  await page.getByRole("combobox", { name: "Preview for" }).fill("ida");
  await page.getByRole("option", { name: /Ida Lund/ }).click();
  await page.getByText("Welcome, Ida", { exact: true }).waitFor();
  const frame = page.locator("iframe[title='Preview of the mail']");
  await frame.contentFrame().getByRole("heading", { name: "Hello Ida" }).waitFor();
  const wide = (await frame.boundingBox())?.width ?? 0;
  await page.getByText("Phone", { exact: true }).click();
  await until("it is as narrow as a phone", async () => Math.abs(((await frame.boundingBox())?.width ?? 0) - 375) < 4);
  expect(wide).toBeGreaterThan(400);
  await page.getByRole("radiogroup", { name: "View of the preview" }).getByText("Text").click();
  await page.getByText(/In plain words: hello Ida/).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/mail/welcome-letter");

  // Another tab saves first: nothing is lost on either side without a choice.
  const other = await window.tab();
  await other.goto("/mail/welcome-letter");
  const subject = (tab: typeof page) => tab.getByRole("textbox", { name: "Subject" });
  await subject(other).fill("From the other tab");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByText("The template is saved.").waitFor();
  window.allow(/status of 412.*\/v1\/email-templates/);
  await subject(page).fill("From this tab");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const conflict = page.getByRole("alert").filter({ hasText: "This template was changed elsewhere." });
  await conflict.waitFor();
  const kept = async () =>
    (await program.call<{ subject: string }>("GET", "/v1/email-templates/welcome-letter")).subject;
  expect(await kept()).toBe("From the other tab");
  await conflict.getByRole("button", { name: "Show theirs, lose mine" }).click();
  await until("theirs is shown", async () => (await subject(page).inputValue()) === "From the other tab");
  await subject(page).fill("After reading theirs");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await until("it is saved", async () => (await kept()) === "After reading theirs");
  await subject(other).fill("Mine all the same");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByRole("button", { name: "Save mine over theirs" }).click();
  await until("it is saved over the other", async () => (await kept()) === "Mine all the same");
  window.check();
  await window.close();
});
