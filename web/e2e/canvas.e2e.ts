import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder, state, step, untilDraft } from "./builder";
import { type Program, until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

const tag = (name: string, next: string) => ({ type: "tag_add", name, with: { tag: next }, next });

/** A branch with a step on each way, two steps behind it, and the end. */
async function drawn(program: Program, key: string): Promise<void> {
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: key,
    triggers: [{ id: "asked", event: "form.submitted" }],
    start: "size",
    nodes: {
      size: {
        type: "branch",
        name: "A big one?",
        with: { branches: [{ id: "yes", when: { field: "trigger.amount", op: "gte", value: 500 } }] },
        next: { yes: "large", else: "small" },
      },
      large: tag("Mark large", "first"),
      small: tag("Mark small", "first"),
      first: tag("First", "second"),
      second: tag("Second", "done"),
      done: { type: "end", name: "Done", with: { outcome: "success" } },
    },
  });
}

/** Waits until the server holds these steps one after the other. */
async function untilWay(key: string, ...way: string[]): Promise<void> {
  await untilDraft(stage.program, key, `goes ${way.join(" → ")}`, ({ nodes }) =>
    way.slice(1).every((to, i) => nodes?.[way[i] ?? ""]?.next === to),
  );
}

async function untilSteps(key: string, ...names: string[]): Promise<void> {
  await untilDraft(stage.program, key, `has ${names.join(", ")}`, ({ nodes = {} }) => {
    return (
      Object.values(nodes)
        .map((n) => n.name)
        .toSorted()
        .join() === names.toSorted().join()
    );
  });
}

async function open(key: string): Promise<{ window: Window; page: Page }> {
  await drawn(stage.program, key);
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  await openBuilder(window.page, key);
  await step(window.page, "Second").waitFor();
  return { window, page: window.page };
}

/** Where the canvas looks: how far it is moved, and how large it draws. */
async function camera(page: Page): Promise<{ x: number; y: number; zoom: number }> {
  const transform = await page.locator(".react-flow__viewport").evaluate((one) => getComputedStyle(one).transform);
  const [zoom = 0, , , , x = 0, y = 0] = transform.slice("matrix(".length, -1).split(",").map(Number);
  return { x, y, zoom };
}

async function middle(of: Locator): Promise<{ x: number; y: number; width: number }> {
  const box = await of.boundingBox();
  if (!box) throw new Error("it is not in sight");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}

const undoToast = (page: Page, words: string) =>
  page.getByRole("alert").filter({ hasText: words }).getByRole("button", { name: "Undo" });

test("a step is dragged to another place, a branch is deleted and one way kept, and both are taken back", async () => {
  const key = "by-pointer";
  const { window, page } = await open(key);

  // The nearest place that can take it is lit while it is dragged.
  const from = await middle(step(page, "Second"));
  const to = await middle(page.getByRole("button", { name: /^Insert a step after A big one\?, branch else/ }));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y + 20, { steps: 12 });
  await page.locator("[data-lit][data-slot]").waitFor();
  expect(await page.locator("[data-lit]").getAttribute("aria-label")).toContain("branch else");
  await page.mouse.up();
  await untilWay(key, "second", "small", "first", "done");
  await undoToast(page, "Second was moved.").click();
  await untilWay(key, "small", "first", "second", "done");

  // Which side stays is asked, and said what goes with the other.
  await step(page, "A big one").click();
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete A big one?" });
  await dialog.getByText("Also deletes Mark small.").waitFor();
  await dialog.getByRole("radio", { name: /“else”, on to Mark small/ }).check();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await untilSteps(key, "Mark small", "First", "Second", "Done");
  await undoToast(page, "A big one? was deleted.").click();
  await untilSteps(key, "A big one?", "Mark large", "Mark small", "First", "Second", "Done");
  await untilWay(key, "large", "first", "second", "done");
  await step(page, "Mark large").waitFor();
  window.check();
  await window.close();
});

test("steps are duplicated, switched off, cut and pasted; the view and the panel stay as they were left", async () => {
  const key = "by-keys";
  const { window, page } = await open(key);
  await window.context.grantPermissions(["clipboard-read", "clipboard-write"]);

  await step(page, "First").click();
  const panel = page.getByRole("complementary");
  await panel.waitFor();
  await page.waitForTimeout(400);
  const rest = await camera(page);
  await step(page, "Mark small").focus();
  await page.keyboard.press("d");
  await untilDraft(stage.program, key, "has one more", ({ nodes }) => Object.keys(nodes ?? {}).length === 7);
  await page.waitForTimeout(400);
  expect(await camera(page)).toEqual(rest);
  await page.keyboard.press("Control+z");
  await untilWay(key, "first", "second", "done");

  await step(page, "Second").click();
  await panel.getByLabel("Enabled").uncheck();
  await step(page, "Second.*disabled").waitFor();
  await step(page, "Second").focus();
  await page.keyboard.press("Control+x");
  await untilWay(key, "first", "done");
  await step(page, "Mark large").focus();
  await page.keyboard.press("Control+v");
  await untilDraft(stage.program, key, "has it behind the large ones, still switched off", ({ nodes = {} }) => {
    const pasted = nodes[String(nodes.large?.next)];
    return pasted?.name === "Second" && pasted.next === "first";
  });
  await step(page, "Second.*disabled").waitFor();

  // Keys and wheel of the view.
  await step(page, "Second").focus();
  const zoom = async () => (await camera(page)).zoom;
  await page.keyboard.press("0");
  await until("it is drawn in full size", async () => (await zoom()) === 1);
  await page.keyboard.press("-");
  await until("it is drawn smaller", async () => Math.abs((await zoom()) - 0.8) < 0.01);
  await page.keyboard.press("+");
  await until("it is drawn larger", async () => Math.abs((await zoom()) - 1) < 0.01);
  const view = await camera(page);
  const canvas = await middle(page.locator(".react-flow__pane"));
  await page.mouse.move(canvas.x, canvas.y);
  await page.mouse.wheel(0, 120);
  await until("the wheel moves it", async () => (await camera(page)).y < view.y - 20);
  expect(await zoom()).toBeCloseTo(view.zoom);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, 120);
  await page.keyboard.up("Control");
  await until("Ctrl and the wheel zoom it", async () => (await zoom()) < view.zoom - 0.02);
  await page.keyboard.press("1");
  for (const name of ["A big one", "Done"]) expect(await step(page, name).isVisible()).toBe(true);

  // The panel keeps its width over a reload, and Esc closes it.
  await step(page, "First").click();
  const handle = page.getByRole("separator", { name: "Width of the panel" });
  const width = async () => (await panel.boundingBox())?.width ?? 0;
  const grip = await middle(handle);
  const was = await width();
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  await page.mouse.move(grip.x - 120, grip.y, { steps: 4 });
  await page.mouse.up();
  const wide = await width();
  expect(wide - was).toBeGreaterThan(100);
  await handle.press("ArrowLeft");
  await until("it is wider by a key", async () => (await width()) > wide + 10);
  const left = await width();
  await state(page, "Saved").waitFor();
  await page.reload();
  await panel.waitFor();
  expect(await width()).toBe(left);
  await step(page, "First").focus();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  window.check();
  await window.close();
});

test("the outline inserts, moves, duplicates and deletes by keys and by its menu", async () => {
  const key = "by-outline";
  const { window, page } = await open(key);
  await page.goto(`/workflows/${key}?view=outline`);
  await step(page, "Second").focus();
  await page.keyboard.press("m");
  const places = page.getByRole("dialog", { name: /Move/ });
  await places.getByRole("combobox").fill("after mark large");
  await page.keyboard.press("Enter");
  await untilWay(key, "large", "second", "first", "done");
  await page.getByRole("button", { name: "What can be done with First" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await step(page, "First.*disabled").waitFor();
  await page.getByRole("button", { name: "What can be done with First" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await untilDraft(stage.program, key, "has one more", ({ nodes }) => Object.keys(nodes ?? {}).length === 7);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add a step after Second" }).press("Enter");
  await page.getByRole("combobox", { name: /^Search/ }).fill("wait");
  await page.keyboard.press("Enter");
  await untilDraft(stage.program, key, "waits behind Second", ({ nodes = {} }) => {
    return nodes[String(nodes.second?.next)]?.type === "wait";
  });
  await page.keyboard.press("Escape");
  await step(page, "Mark small").focus();
  await page.keyboard.press("Delete");
  await untilDraft(stage.program, key, "has no small one", ({ nodes }) => nodes?.small === undefined);
  await undoToast(page, "Mark small was deleted.").click();
  await untilDraft(stage.program, key, "has the small one again", ({ nodes }) => nodes?.small !== undefined);
  await page.setViewportSize({ width: 390, height: 800 });
  window.check();
  await window.close();
});
