import { expect, test } from "vitest";
import { seriousFindings, signIn, Window } from "./browser";
import { openBuilder, step, untilDraft } from "./builder";
import { Stage } from "./stage";

const stage = Stage.set();

const count = 40;

async function draw(key: string): Promise<void> {
  const station = (i: number) => ({
    type: "tag_add",
    name: `Station ${i}`,
    with: { tag: i === 30 ? "gold-member" : `t${i}` },
    next: i + 1 < count ? `s${i + 1}` : "done",
  });
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, station(i)]));
  await stage.program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: key,
    triggers: [{ id: "begun", event: "thing.begun" }],
    start: "s0",
    nodes: { ...nodes, done: { type: "end", with: { outcome: "success" } } },
  });
}

test("a step far away is found by a setting and by keys alone, and renamed where it stands", async () => {
  const { program } = stage;
  await draw("line");
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "line");
  await step(page, "Station 0").focus();
  expect(await step(page, "Station 30").count()).toBe(0);

  // Found by the text of a setting; how many fit is said.
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Find a step" });
  const found = page.getByRole("status", { name: "Steps found" });
  await found.getByText(`${count + 1} steps`).waitFor();
  await field.fill("no such words");
  await found.getByText("0 steps").waitFor();
  await field.fill("gold");
  await found.getByText("1 step", { exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await step(page, "Station 30").waitFor();
  await page.getByRole("complementary", { name: "Station 30" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-node") === "step:s30");

  // Renamed by F2; Escape gives up, and undo takes back.
  const name = page.getByRole("textbox", { name: /^Name of Station 30/ });
  await page.keyboard.press("F2");
  await name.fill("nothing");
  await page.keyboard.press("Escape");
  await name.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-node") === "step:s30");
  await page.keyboard.press("F2");
  await name.fill("Reward the best");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await step(page, "Reward the best").waitFor();
  await untilDraft(program, "line", "has the name", (d) => d.nodes?.s30?.name === "Reward the best");
  await page.keyboard.press("Control+z");
  await step(page, "Station 30").waitFor();

  // By a double click on the canvas; leaving keeps it.
  await step(page, "Station 30").dblclick();
  await name.fill("Reward");
  await page.locator(".react-flow__pane").click({ position: { x: 20, y: 200 } });
  await step(page, "Reward").waitFor();
  await untilDraft(program, "line", "has the new name", (d) => d.nodes?.s30?.name === "Reward");

  // And in the outline.
  await page.goto("/workflows/line?view=outline");
  await step(page, "Station 1,").first().dblclick();
  await page.getByRole("textbox", { name: "Name of Station 1", exact: true }).fill("Second");
  await page.keyboard.press("Enter");
  await step(page, "Second").waitFor();
  await untilDraft(program, "line", "has the second name", (d) => d.nodes?.s1?.name === "Second");
  window.check();
  await window.close();
});

test("a test is followed on the canvas until somebody selects another step", async () => {
  const { program } = stage;
  await program.call("POST", "/v1/contacts", { email: "fay@example.com", first_name: "Fay" });
  await program.call("PUT", "/v1/workflows/followed", {
    schema: 1,
    key: "followed",
    name: "followed",
    triggers: [{ id: "begun", event: "thing.begun" }],
    start: "mark",
    nodes: {
      mark: { type: "tag_add", name: "Mark", with: { tag: "member" }, next: "stay" },
      stay: { type: "hold", name: "Stay", with: { reason: "A person decides" }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "followed");
  await page.getByRole("tab", { name: "Test" }).click();
  const panel = page.getByRole("complementary", { name: "Test" });
  await panel.getByRole("combobox", { name: "Contact" }).fill("fay");
  await page.getByRole("option", { name: /Fay/ }).click();
  await panel.getByRole("button", { name: "Start the test" }).click();
  const canvas = page.getByRole("region", { name: "Canvas" });
  await canvas.locator("[data-node='step:stay'][aria-current=true]").waitFor();
  const followed = panel.getByRole("button", { name: "Following" });
  expect(await followed.getAttribute("aria-pressed")).toBe("true");
  await step(page, "Mark").click();
  await panel.getByRole("button", { name: "Follow", exact: true }).click();
  await canvas.locator("[data-node='step:stay'][aria-current=true]").waitFor();
  await panel.getByRole("link", { name: "Its mails in the sink" }).waitFor();
  window.check();
  await window.close();
});
