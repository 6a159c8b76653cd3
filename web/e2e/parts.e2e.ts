import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder, step } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

async function draw(key: string) {
  await stage.program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: key,
    triggers: [{ id: "signed", event: "contract.signed" }],
    start: "tag",
    nodes: { tag: { type: "tag_add", name: "Tag it", with: { tag: "x" } } },
  });
}

/** Opens a workflow whose scripts come from the server no more from then on. */
async function cutOff(key: string, ahead: boolean) {
  await draw(key);
  const window = await Window.open(stage.browser, stage.program.url);
  window.allow(/Failed to load resource/);
  const { page } = window;
  if (!ahead) {
    await page.addInitScript(() => void Object.assign(window, { requestIdleCallback: () => 0 }));
  }
  await signIn(window);
  await openBuilder(page, key);
  // What is fetched last.
  if (ahead)
    await page.waitForFunction(() => performance.getEntriesByType("resource").some((r) => /LiquidEditor/.test(r.name)));
  await page.route("**/assets/*", (route) => route.abort());
  return window;
}

const panel = (page: Page) => page.getByRole("complementary", { name: "Tag it" });
const field = (page: Page) => panel(page).getByRole("textbox", { name: "Name", exact: true });

test("what was fetched ahead opens also when the server sends no script any more", async () => {
  const window = await cutOff("ahead", true);
  const { page } = window;
  await step(page, "Tag it").click();
  await field(page).waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog", { name: /Publish/ }).waitFor();
  expect(await page.getByText("This could not be loaded").count()).toBe(0);
  window.check();
  await window.close();
});

test("a part that does not come says so, and comes when it is asked for again", async () => {
  const window = await cutOff("late", false);
  const { page } = window;
  await step(page, "Tag it").click();
  await panel(page).getByText("This could not be loaded").waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("This could not be loaded").waitFor();
  await page.unroute("**/assets/*");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await field(page).waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog", { name: /Publish/ }).waitFor();
  expect(await step(page, "Tag it").count()).toBe(1);
  window.check();
  await window.close();
});

test("a page that does not come says so, and comes when it is asked for again", async () => {
  const window = await cutOff("other", false);
  const { page } = window;
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByText("This could not be loaded").waitFor();
  await page.unroute("**/assets/*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Contacts" }).waitFor();
  window.check();
  await window.close();
});
