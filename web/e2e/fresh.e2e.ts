import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { settingsTabs } from "../src/features/settings/tabs";
import { look, seriousFindings, settled, signIn, Window } from "./browser";
import { Stage } from "./stage";

const stage = Stage.set();

const lists = [
  "enrollments",
  "failures",
  "events",
  "alarms",
  "contacts",
  "contacts/import",
  "pipelines",
  "mail",
  "sink",
];
const empty = [...lists.map((name) => `/${name}`), ...settingsTabs.map(({ tab }) => `/settings?tab=${tab}`)];
const missing = [
  "/nowhere",
  "/workflows/none",
  "/workflows/none/figures",
  "/contacts/none",
  "/enrollments/none",
  "/mail/none",
];

/** Opens the pages one after the other: what is serious in them for axe, and which are wider than the window. */
async function findings(page: Page, paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await page.goto(path);
    await page.getByRole("heading").first().waitFor();
    await settled(page);
    found.push(...(await seriousFindings(page)));
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (wider > 1) found.push(`${path} scrolls sideways by ${wider} px`);
  }
  return found;
}

test("a fresh installation says on its first page what to do", async () => {
  const window = await Window.open(stage.browser, stage.program.url, { reducedMotion: "reduce" });
  await signIn(window);
  await window.page.goto("/workflows");
  await window.page.getByRole("heading", { level: 1, name: "Workflows" }).waitFor();
  await look(window.page, "fresh");
  await window.close();
});

for (const [colorScheme, width] of [
  ["light", 1440],
  ["dark", 390],
] as const)
  test(`pages without content, ${colorScheme}, ${width} px: nothing serious for axe, no sideways scrolling`, async () => {
    const window = await Window.open(stage.browser, stage.program.url, {
      viewport: { width, height: 900 },
      reducedMotion: "reduce",
      colorScheme,
    });
    const { page } = window;
    window.allow(/status of 40[14]/);
    await page.goto("/sign-in");
    await page.getByLabel("API key").fill("none");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await signIn(window);
    expect(await findings(page, [...empty, ...missing])).toEqual([]);
    await window.close();
  });
