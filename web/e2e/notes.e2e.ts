import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { draftOf, openBuilder, state, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

async function draw(key: string, count: number): Promise<void> {
  const at = (i: number) => `s${i}`;
  const wait = (i: number) => ({
    type: "wait",
    name: `Station ${i}`,
    with: { for: `${i + 1}d` },
    ...(i + 1 < count && { next: at(i + 1) }),
  });
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, i) => [at(i), wait(i)]));
  const triggers = [{ id: "begun", event: "thing.begun" }];
  await stage.program.call("PUT", `/v1/workflows/${key}`, { schema: 1, key, name: key, triggers, start: "s0", nodes });
}

test("a note is written at its card, hidden, read in the outline, and goes along to another workflow", async () => {
  const { program } = stage;
  await draw("from", 3);
  await draw("into", 2);
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "from");
  const notes = page.getByRole("button", { name: "Notes", exact: true });
  expect(await notes.count()).toBe(0);

  // By key, at the card.
  await step(page, "Station 1").focus();
  await page.keyboard.press("n");
  const field = page.getByRole("textbox", { name: "Note of Station 1" });
  await field.fill("Legal wants two days here.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Note of Station 1: Legal wants two days here." }).waitFor();
  await untilDraft(program, "from", "has the note", (d) => {
    return (d.nodes?.s1 as { note?: string } | undefined)?.note === "Legal wants two days here.";
  });
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-node"))).toBe("step:s1");

  // By the pointer: what is given up stays as it was, what is left is kept, and can be undone.
  await page.getByRole("button", { name: /^Note of Station 1/ }).click();
  await field.fill("nothing");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Note of Station 1: Legal/ }).click();
  await field.fill("Legal wants three days here.");
  await page.locator(".react-flow__pane").click({ position: { x: 40, y: 40 } });
  await page.getByRole("button", { name: /^Note of Station 1: Legal wants three/ }).waitFor();
  await notes.click();
  await page.getByRole("button", { name: /^Note of/ }).waitFor({ state: "detached" });
  await notes.click();
  await page.getByRole("button", { name: "Undo: Change the note of Station 1" }).click();
  await page.getByRole("button", { name: /^Note of Station 1: Legal wants two/ }).waitFor();

  // In the outline, by the menu.
  await page.goto("/workflows/from?view=outline");
  await page.getByText("Legal wants two days here.").first().waitFor();
  await page.getByRole("button", { name: "What can be done with Station 2" }).click();
  await page.getByRole("menuitem", { name: "Add a note" }).click();
  await page.getByRole("textbox", { name: "Note of Station 2" }).fill("The last one.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Note of Station 2: The last one." }).waitFor();
  await state(page, "Saved").waitFor();

  // The clipboard carries a step, with its note, into another workflow.
  await window.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: program.url });
  await openBuilder(page, "from");
  await step(page, "Station 1").focus();
  await page.keyboard.press("Control+c");
  await page.getByText("Station 1 was copied.").waitFor();
  await openBuilder(page, "into");
  await step(page, "Station 0").focus();
  await page.keyboard.press("Control+v");
  await page.getByRole("button", { name: /^Note of Station 1: Legal wants two/ }).waitFor();
  await untilDraft(program, "into", "has three steps", (d) => Object.keys(d.nodes ?? {}).length === 3);
  const { nodes = {}, ...rest } = (await draftOf(program, "into")).definition as Drawn;
  const pasted = Object.entries(nodes).find(([, node]) => node.note !== undefined);
  expect(pasted?.[1]).toMatchObject({ type: "wait", name: "Station 1", with: { for: "2d" }, next: "s1" });
  expect(nodes.s0?.next).toBe(pasted?.[0]);
  expect(Object.keys(rest)).not.toContain("notes");
  window.check();
  await window.close();
});

type Drawn = { nodes?: Record<string, { note?: string; next?: unknown }> };

test("above 20 steps there is a map, by which one comes to where one wants to be", async () => {
  await draw("short", 20);
  await draw("long", 60);
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "short");
  const map = page.getByRole("img", { name: "Map of the workflow" });
  await step(page, "Station 0").waitFor();
  expect(await map.count()).toBe(0);
  await openBuilder(page, "long");
  await map.waitFor();
  expect(await step(page, "Station 59").count()).toBe(0);
  const box = await map.boundingBox();
  if (!box) throw new Error("the map has no size");
  const [x, top, bottom] = [box.x + box.width / 2, box.y + 12, box.y + box.height - 6];
  await page.mouse.move(x, top);
  await page.mouse.down();
  await page.mouse.move(x, bottom, { steps: 12 });
  await page.mouse.up();
  await step(page, "Station 59").waitFor();
  window.check();
  await window.close();
});
