import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { draftOf, state, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();
const key = "by-keyboard";

/** What a screen reader calls the thing that has the focus, as far as the tests need it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement)) return "";
    const label = at.getAttribute("aria-label");
    if (label) return label;
    const kind = at instanceof HTMLInputElement && at.type === "radio" ? ", choice" : "";
    const named = (at.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
    const labels = at instanceof HTMLInputElement ? [...(at.labels ?? [])] : [];
    const texts = [...named, ...labels].map((one) => one?.textContent ?? "").filter(Boolean);
    return (texts.join(" ").trim() || (at.textContent ?? "").trim()) + kind;
  });
}

/** Goes on by Tab until what is called so has the focus. */
async function tabTo(page: Page, name: RegExp, by: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 150; i++) {
    const now = await focused(page);
    if (name.test(now)) return;
    passed.push(now);
    await page.keyboard.press(by);
  }
  throw new Error(`Tab never comes to ${name}; it passes ${[...new Set(passed)].join(" | ")}`);
}

/** Waits until what is called so has the focus by itself. */
async function focusOn(page: Page, name: RegExp): Promise<void> {
  let now = "";
  for (const began = Date.now(); !name.test(now); now = await focused(page)) {
    if (Date.now() - began > 60_000) throw new Error(`the focus never comes to ${name}; it is on ${now}`);
  }
}

/** Types into what has the focus, or, with a name, into what Tab leads to. */
async function type(page: Page, words: string, into: RegExp): Promise<void> {
  await tabTo(page, into);
  await page.keyboard.type(words);
}

/** Chooses a type in the picker that is open. */
async function pick(page: Page, words: string): Promise<void> {
  await focusOn(page, /^Search/);
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

/** Writes a mail in the inspector that has just opened, instead of taking a template. */
async function fillMail(page: Page, subject: string): Promise<void> {
  await focusOn(page, /^Template/);
  await tabTo(page, /^Template, choice/, "Shift+Tab");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("textbox", { name: "Subject" }).waitFor();
  await type(page, subject, /^Subject/);
  await type(page, "Thank you for coming.", /^Text/);
  await page.keyboard.press("Escape");
}

test("a workflow with a branch is drawn, published, undone and redone by keys alone", async () => {
  const window = await Window.open(stage.browser, stage.program.url);
  const { page } = window;
  await signIn(window);
  await page.goto("/workflows");
  await page.getByRole("button", { name: "New workflow" }).first().waitFor();

  await tabTo(page, /^New workflow/);
  await page.keyboard.press("Enter");
  await focusOn(page, /^Name/);
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  await state(page, "Saved").waitFor();
  const empty = (await draftOf(stage.program, key)).definition;
  expect(empty.nodes).toEqual({});

  await tabTo(page, /^Add a trigger/);
  await page.keyboard.press("Enter");
  await pick(page, "event");
  await focusOn(page, /^Event/);
  await page.keyboard.type("purchase.completed");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");

  await drawSteps(page);
  await state(page, "Saved").waitFor();
  const draft = await draftOf(stage.program, key);
  expect(draft.problems.filter((p) => p.severity === "error")).toEqual([]);
  expect(
    Object.values(draft.definition.nodes ?? {})
      .map((node) => node.type)
      .toSorted(),
  ).toEqual(["branch", "email", "email", "end", "wait"]);

  await tabTo(page, /^Publish/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByRole("button", { name: "Publish version 1", disabled: false }).waitFor();
  await tabTo(page, /^Publish version 1/);
  await page.keyboard.press("Enter");
  await dialog.getByText("Version 1 is published.").waitFor();
  await tabTo(page, /^Done/);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });

  await all(page, "Undo", "Control+z");
  await untilDraft(stage.program, key, "is empty again", (drawn) => Object.keys(drawn.nodes ?? {}).length === 0);
  await state(page, "Saved").waitFor();
  expect((await draftOf(stage.program, key)).definition).toEqual(empty);
  await all(page, "Redo", "Control+Shift+z");
  await untilDraft(stage.program, key, "has its steps again", (drawn) => Object.keys(drawn.nodes ?? {}).length === 5);
  await state(page, "Saved").waitFor();
  expect((await draftOf(stage.program, key)).definition).toEqual(draft.definition);
  window.check();
  await window.close();
});

/** A branch, a mail on each of its ways, and after the second one a wait and the end. */
async function drawSteps(page: Page): Promise<void> {
  await tabTo(page, /^(Add a trigger|Trigger|purchase.completed|An event)/);
  await page.keyboard.press("a");
  await pick(page, "branch");
  await page.getByRole("button", { name: /^Add a rule/ }).waitFor();
  await tabTo(page, /^Add a rule/);
  await page.keyboard.press("Enter");
  await type(page, "contact.plan", /^Field of/);
  await type(page, "pro", /^Value of/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");

  await tabTo(page, /^Step 1 of 1, Branch/);
  await page.keyboard.press("a");
  await pick(page, "send email");
  await fillMail(page, "For you who pay");

  // The other way out of the branch is in the outline.
  await tabTo(page, /^(Canvas|How the workflow is drawn)/);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("list", { name: "Steps" }).first().waitFor();
  await tabTo(page, /^Add a step in “else”/);
  await page.keyboard.press("Enter");
  await pick(page, "send email");
  await fillMail(page, "For all others");
  await focusOn(page, /^Step 3 of 3/);
  await page.keyboard.press("a");
  await pick(page, "wait");
  await focusOn(page, /^Wait for(?!.*choice)/);
  await page.keyboard.type("2");
  await page.keyboard.press("Escape");
  await focusOn(page, /^Step 4 of 4/);
  await page.keyboard.press("a");
  await pick(page, "end");
  await page.keyboard.press("Escape");
  await step(page, "End").waitFor();
}

/** Presses keys until there is nothing more to undo, or to redo. */
async function all(page: Page, what: "Undo" | "Redo", keys: string): Promise<void> {
  const rest = page.getByRole("button", { name: what, exact: true, disabled: true });
  for (let i = 0; i < 200 && (await rest.count()) === 0; i++) await page.keyboard.press(keys);
  await rest.waitFor();
}
