import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { draftOf, openBuilder, state, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();
const key = "by-menu";
const tag = (name: string, next: string) => ({ type: "tag_add", name, with: { tag: next }, next });

async function drawn(): Promise<Page> {
  const { program } = stage;
  await program.call("POST", "/v1/contacts", { email: "uma@example.com", first_name: "Uma" });
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: "By menu",
    triggers: [{ id: "asked", event: "form.submitted" }],
    start: "first",
    nodes: {
      first: tag("First", "second"),
      second: tag("Second", "done"),
      done: { type: "end", name: "Done", with: { outcome: "success" } },
    },
  });
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  await window.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openBuilder(window.page, key);
  return window.page;
}

const camera = (page: Page) => page.locator(".react-flow__viewport").evaluate((one) => getComputedStyle(one).transform);

/** Chooses what is done with a step from its menu in the outline. */
async function choose(page: Page, name: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `What can be done with ${name}` }).click();
  await page.getByRole("menuitem", { name: what, exact: true }).click();
}

test("a new step moves no camera and keeps quiet until it is left; fields show whose values; menus cut and paste", async () => {
  const page = await drawn();
  await step(page, "First").click();
  await page.getByRole("complementary").waitFor();
  await page.waitForTimeout(400);
  const rest = await camera(page);
  await page.getByRole("button", { name: /^Insert a step after First/ }).click();
  await page.getByRole("combobox", { name: /^Search/ }).fill("send email");
  await page.keyboard.press("Enter");
  const mail = step(page, "Send email");
  await mail.waitFor();
  await untilDraft(stage.program, key, "has the mail", ({ nodes = {} }) => Object.keys(nodes).length === 4);
  await state(page, "Saved").waitFor();
  await page.waitForTimeout(400);
  expect(await camera(page)).toEqual(rest);

  // The server knows that it is not finished, and nobody is told yet.
  const { problems } = await draftOf(stage.program, key);
  expect(problems.some((one) => one.severity === "error")).toBe(true);
  expect(await step(page, "Send email.*incomplete").count()).toBe(0);
  expect(await page.getByText(/to finish$/).count()).toBe(0);

  // Whose values the fields are shown with is said over them.
  await page.getByRole("radiogroup").getByText("Text", { exact: true }).click();
  await page.getByRole("button", { name: /^Insert field into Subject/ }).click();
  await page.getByText("Values of Uma").waitFor();
  await page.getByText("contact.first_name · Uma").waitFor();
  await page.keyboard.press("Escape");

  await step(page, "Second").click();
  await step(page, "Send email.*incomplete").waitFor();
  await page.getByRole("button", { name: "1 step to finish" }).waitFor();

  await page.goto(`/workflows/${key}?view=outline`);
  await choose(page, "Second", "Duplicate");
  await untilDraft(stage.program, key, "has one more", ({ nodes = {} }) => Object.keys(nodes).length === 5);
  await page.keyboard.press("Escape");
  await choose(page, "First", "Cut");
  await untilDraft(stage.program, key, "has no First", ({ nodes = {} }) => nodes.first === undefined);
  const toast = page.getByRole("alert").filter({ hasText: "First was cut." });
  await toast.getByRole("button", { name: "Undo" }).click();
  await untilDraft(stage.program, key, "has First again", ({ nodes = {} }) => nodes.first?.next !== undefined);
  await choose(page, "First", "Cut");
  await untilDraft(stage.program, key, "has no First", ({ nodes = {} }) => nodes.first === undefined);
  await page.getByRole("button", { name: "What can be done with Send email" }).click();
  await page.getByRole("menuitem", { name: "Paste after" }).click();
  await untilDraft(stage.program, key, "has it behind the mail", ({ nodes = {} }) => {
    const behind = Object.values(nodes).find((one) => one.type === "email")?.next;
    return nodes[String(behind)]?.name === "First" && nodes[String(behind)]?.next === "second";
  });
});
