import type { Page, Route } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { draftOf, openBuilder, rename, state, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

/** Stores a small draft under a key. */
async function draw(key: string, mail = { subject: "Hello", body: "Welcome." }) {
  await stage.program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: "Course",
    triggers: [{ id: "bought", event: "purchase.completed" }],
    start: "hello",
    nodes: {
      hello: { type: "email", name: "Hello", with: mail, next: "rest" },
      rest: { type: "wait", with: { for: "2d" }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
}

async function open(key: string): Promise<Window> {
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  await openBuilder(window.page, key);
  return window;
}

/** Opens the first mail, and returns the field of its subject. */
async function subjectOf(page: Page) {
  await step(page, "Hello").click();
  const field = page.getByRole("textbox", { name: "Subject" });
  await field.waitFor();
  return field;
}

const subjectHeld = async (key: string) => (await draftOf(stage.program, key)).definition.nodes?.hello?.with?.subject;

/** Keeps every save of a page on its way: says how many there are, and lets them through. */
async function holdSaves(page: Page) {
  const held: Route[] = [];
  const hold = (route: Route) => (route.request().method() === "PUT" ? void held.push(route) : route.continue());
  await page.route("**/v1/workflows/*", hold);
  const release = async () => {
    await page.unroute("**/v1/workflows/*", hold);
    await Promise.allSettled(held.map((route) => route.continue()));
  };
  return { count: () => held.length, release };
}

test("two tabs on one draft: the second is told, compares, and overwrites nothing", async () => {
  await draw("two-tabs");
  const window = await open("two-tabs");
  window.allow(/status of 412/);
  const mine = window.page;
  const other = await window.tab();
  await openBuilder(other, "two-tabs");
  await rename(mine, "Course of spring");
  await untilDraft(stage.program, "two-tabs", "has the name", (d) => d.name === "Course of spring");
  await state(mine, "Saved").waitFor();

  const subject = await subjectOf(other);
  await subject.fill("Hello from the other tab");
  await other.getByRole("alert").filter({ hasText: "changed elsewhere" }).waitFor();
  await state(other, "Conflict").waitFor();
  expect(await subjectHeld("two-tabs")).toBe("Hello");

  await other.getByRole("alert").getByRole("button", { name: "Compare" }).click();
  const dialog = other.getByRole("dialog", { name: /keep/ });
  await dialog.getByText("Course of spring").waitFor();
  await dialog.getByText("Hello from the other tab").waitFor();
  await dialog.getByRole("button", { name: "Decide later" }).click();
  await dialog.waitFor({ state: "hidden" });
  await state(other, "Conflict").waitFor();

  await other.getByRole("alert").getByRole("button", { name: "Reload" }).click();
  await other.getByRole("heading", { name: "Course of spring" }).waitFor();
  await state(other, "Saved").waitFor();
  const { definition } = await draftOf(stage.program, "two-tabs");
  expect(definition.name).toBe("Course of spring");
  expect(definition.nodes?.hello?.with?.subject).toBe("Hello");

  const again = await subjectOf(other);
  await again.fill("Hello again");
  await untilDraft(stage.program, "two-tabs", "has both", (d) => {
    return d.name === "Course of spring" && d.nodes?.hello?.with?.subject === "Hello again";
  });
  window.check();
  await window.close();
});

/** Types on in the first mail, first until a save is on its way, then beyond it. */
async function typeOn(page: Page, saves: { count: () => number }) {
  await (await subjectOf(page)).click();
  await page.keyboard.press("End");
  await page.keyboard.type(", dear reader");
  await expect.poll(saves.count, { timeout: 60_000 }).toBeGreaterThan(0);
  await page.keyboard.type(", and wel");
  return "Hello, dear reader, and wel";
}

test("a reload in the middle of typing warns and loses nothing", async () => {
  await draw("reload");
  const window = await open("reload");
  const { page } = window;
  await page.reload();
  await state(page, "Saved").waitFor();
  expect(window.leaving.asked).toBe(0);

  const saves = await holdSaves(page);
  const typed = await typeOn(page, saves);
  await page.reload();
  expect(window.leaving.asked).toBe(1);
  await saves.release();
  expect(await (await subjectOf(page)).innerText()).toBe(typed);
  await state(page, "Saved").waitFor();
  expect(await subjectHeld("reload")).toBe(typed);
  window.check();
  await window.close();
});

test("a tab that crashes in the middle of typing loses nothing", async () => {
  await draw("crash");
  const window = await open("crash");
  const typed = await typeOn(window.page, await holdSaves(window.page));
  await window.page.goto("chrome://crash").catch(() => null);
  expect(await subjectHeld("crash")).toBe("Hello");

  const page = await window.tab();
  await openBuilder(page, "crash");
  expect(await (await subjectOf(page)).innerText()).toBe(typed);
  expect(await subjectHeld("crash")).toBe(typed);
  window.check();
  await window.close();
});

test("a server that is gone shows as Offline; edits go on and are saved when it is back", async () => {
  await draw("outage");
  const window = await open("outage");
  window.allow(/Failed to load resource/);
  const { page } = window;
  // The page fetches ahead what editing needs later.
  await page.waitForFunction(() => performance.getEntriesByType("resource").some((r) => /LiquidEditor/.test(r.name)));
  await stage.program.kill();
  await rename(page, "Course of autumn");
  await state(page, "Offline").waitFor();
  const subject = await subjectOf(page);
  await subject.fill("Hello from the train");
  await state(page, "Offline").waitFor();
  await stage.program.run();
  await state(page, "Saved").waitFor({ timeout: 90_000 });
  const { definition } = await draftOf(stage.program, "outage");
  expect(definition.name).toBe("Course of autumn");
  expect(definition.nodes?.hello?.with?.subject).toBe("Hello from the train");
  window.check();
  await window.close();
});

test("leaving with unsaved work warns; who stays has it still, and it is saved", async () => {
  await draw("leaving");
  const window = await open("leaving");
  const { page } = window;
  const saves = await holdSaves(page);
  const subject = await subjectOf(page);
  await subject.fill("Hello, not saved yet");
  await expect.poll(saves.count, { timeout: 60_000 }).toBeGreaterThan(0);
  window.leaving.answer = "stay";
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => window.leaving.asked, { timeout: 60_000 }).toBe(1);
  expect(await subject.innerText()).toBe("Hello, not saved yet");
  await saves.release();
  await untilDraft(stage.program, "leaving", "has the subject", (d) => {
    return d.nodes?.hello?.with?.subject === "Hello, not saved yet";
  });
  await state(page, "Saved").waitFor();
  window.check();
  await window.close();
});

test("what comes late moves nothing under somebody's hands", async () => {
  await draw("late", {
    subject: "Hello",
    body: `Hello {{ contact.first_name }},\n${"\nA line of many.\n".repeat(30)}`,
  });
  await stage.program.call("POST", "/v1/contacts", { email: "uma@example.com", first_name: "Uma", last_name: "Lind" });
  const window = await open("late");
  const { page } = window;
  let late = 0;
  let looked = () => {};
  const looking = new Promise<void>((done) => {
    looked = done;
  });
  const after = (something: () => Promise<void>) => async (route: Route) => {
    await something();
    late++;
    await route.continue();
  };
  await page.route(
    "**/v1/preview/**",
    after(() => looking),
  );
  await page.route(
    "**/v1/contacts?*",
    after(() => page.waitForTimeout(500)),
  );
  await step(page, "Hello").click();
  const field = page.getByRole("region", { name: "The mail" }).getByRole("combobox", { name: "Preview for" });
  await expect.poll(() => field.inputValue(), { timeout: 60_000 }).toContain("@");
  await field.fill("uma");
  const top = (await field.boundingBox())?.y ?? 0;
  const before = await page.locator("[data-inspector]").innerText();
  looked();
  await page
    .getByText(/Hello Uma/)
    .first()
    .waitFor();
  expect(await page.locator("[data-inspector]").innerText()).not.toBe(before);
  expect(Math.abs(((await field.boundingBox())?.y ?? 0) - top)).toBeLessThan(2);
  expect(await field.inputValue()).toBe("uma");
  await page.getByRole("option", { name: /Uma Lind/ }).click();
  expect(late).toBeGreaterThan(1);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  window.check();
  await window.close();
});
