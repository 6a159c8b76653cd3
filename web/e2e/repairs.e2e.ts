import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { draftOf, openBuilder, state } from "./builder";
import { type Program, until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();
const key = "broken";

/** A draft that names five things that are not there, and a call without an address. */
async function broken(program: Program): Promise<void> {
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: "Broken",
    triggers: [{ id: "asked", event: "form.submitted" }],
    start: "mail",
    nodes: {
      mail: { type: "email", name: "Say hello", with: { template: "hello-letter" }, next: "sort" },
      sort: {
        type: "branch",
        name: "A regular?",
        with: { branches: [{ id: "yes", when: { segment: "regulars" } }] },
        next: { yes: "course", else: "course" },
      },
      course: { type: "course_enroll", name: "Open the course", with: { course: "basics" }, next: "deal" },
      deal: { type: "deal_move", name: "To the offer", with: { pipeline: "studio", stage: "offer" }, next: "later" },
      later: { type: "enroll_in", name: "Go on", with: { workflow: "follow-up" }, next: "call" },
      call: { type: "webhook", name: "Tell the shop", with: { method: "GET" }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
}

/** Presses the repair of a problem, and waits until the dialog no longer offers it. */
async function repair(page: Page, words: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByRole("button", { name: words, exact: true }).first().click();
  await dialog.getByRole("button", { name: words, exact: true }).first().waitFor({ state: "detached" });
}

test("publish lists what is missing, makes it at a press, leads to the field, and then publishes", async () => {
  const { program } = stage;
  await broken(program);
  const window = await Window.open(stage.browser, program.url);
  const { page } = window;
  await signIn(window);
  await openBuilder(page, key);
  const before = (await draftOf(program, key)).problems.filter((p) => p.severity === "error").length;
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByText(`${before} things are left to do`).waitFor();
  await dialog.getByRole("button", { name: "Publish version 1", disabled: true }).waitFor();
  const problems = dialog.getByRole("region", { name: "Problems" });
  for (const title of ["Say hello", "A regular?", "Open the course", "To the offer", "Go on", "Tell the shop"])
    await problems.getByRole("button", { name: title.replace("?", "") }).waitFor();

  await repair(page, "Create pipeline studio");
  await repair(page, "Create course basics");

  // A mail says what a person wrote: the repair asks for it.
  await dialog.getByRole("button", { name: "Create mail template hello-letter …" }).click();
  const letter = dialog.getByRole("group", { name: "Create mail template hello-letter …" });
  await until("its first field has the focus", () =>
    letter.getByLabel("Subject").evaluate((one) => one === document.activeElement),
  );
  await letter.getByRole("button", { name: "Create", disabled: true }).waitFor();
  await page.keyboard.type("Hello");
  await letter.getByLabel("Text of the mail").fill("Nice to meet you, {{ contact.first_name }}.");
  await letter.getByRole("button", { name: "Create" }).click();
  await letter.waitFor({ state: "detached" });

  // Nobody is in a segment, or everybody, because of a press: who is in it is asked.
  await dialog.getByRole("button", { name: "Create segment regulars …" }).click();
  const regulars = dialog.getByRole("group", { name: "Create segment regulars …" });
  await regulars.getByRole("button", { name: "Create", disabled: true }).waitFor();
  await regulars.getByRole("button", { name: "Add a rule" }).click();
  await regulars.getByRole("combobox", { name: "Field of rule 1" }).fill("contact.plan");
  await page.keyboard.press("Tab");
  await regulars.getByLabel("Value of rule 1").fill("pro");
  await regulars.getByRole("button", { name: "Create" }).click();
  await regulars.waitFor({ state: "detached" });
  const filter = { field: "contact.plan", op: "eq", value: "pro" };
  expect(await program.call("GET", "/v1/segments/regulars")).toMatchObject({ filter });
  await repair(page, "Create workflow follow-up");
  await dialog.getByText("One thing is left to do").waitFor();
  const made = await program.call<{ stages: { key: string }[] }>("GET", "/v1/pipelines/studio");
  expect(made.stages.map((one) => one.key)).toContain("offer");
  const text = "Nice to meet you, {{ contact.first_name }}.";
  expect(await program.call("GET", "/v1/email-templates/hello-letter")).toMatchObject({ subject: "Hello", text });

  // What only a person can say is filled in where the problem leads.
  await problems.getByRole("button", { name: /Tell the shop/ }).click();
  await dialog.waitFor({ state: "hidden" });
  const address = page.getByRole("complementary").getByLabel("Address").first();
  await until("the empty field has the focus", () => address.evaluate((one) => one.contains(document.activeElement)));
  await page.keyboard.type(`${program.url}/healthz`);
  await state(page, "Saved").waitFor();
  await page
    .getByText("Nothing to finish")
    .or(page.getByRole("button", { name: /warning/ }))
    .waitFor();

  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: "Publish version 1", disabled: false }).click();
  await dialog.getByText("Version 1 is published.").waitFor();
  expect((await program.call<{ version: number }>("GET", `/v1/workflows/${key}`)).version).toBe(1);
  window.check();
  await window.close();
});
