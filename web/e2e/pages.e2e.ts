import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, seriousFindings, settled, signIn, Window } from "./browser";
import { furnish, type Shown } from "./furnish";
import { overAll } from "./over/list";
import { lookAt } from "./over/look";
import { tellAll } from "./over/states";
import { walk } from "./over/walk";
import { fillOver } from "./over/world";
import { Program } from "./program";
import { tellingWhenFailed } from "./telling";

const shots = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
let program: Program;
let browser: Browser;
let pages: Shown[];
let types: string[] | undefined;
tellingWhenFailed(() => ({ program, browser }));

beforeAll(async () => {
  [program, browser] = await Promise.all([Program.start(), launch()]);
  pages = await furnish(program);
  await mkdir(shots, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await program?.close();
});

const looks = [
  { scheme: "light", width: 1440, height: 900 },
  { scheme: "dark", width: 1440, height: 900 },
  { scheme: "light", width: 390, height: 844 },
  { scheme: "dark", width: 390, height: 844 },
] as const;

/** A window as one of the looks has it. */
function open(look: (typeof looks)[number]): Promise<Window> {
  return Window.open(browser, program.url, {
    viewport: { width: look.width, height: look.height },
    colorScheme: look.scheme,
    reducedMotion: "reduce",
  });
}

for (const look of looks) {
  test(`every page, ${look.scheme}, ${look.width} px: nothing serious for axe, no fault, no sideways scrolling`, async () => {
    const window = await open(look);
    const { page } = window;
    const findings: string[] = [];
    for (const { name, path, act } of [{ name: "sign-in", path: "/sign-in", act: undefined }, ...pages]) {
      if (name === "workflows") await signIn(window);
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await settled(page);
      await act?.(page);
      if (act) await settled(page);
      findings.push(...(await seriousFindings(page)));
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (sideways > 1) findings.push(`${path} scrolls sideways by ${sideways} px at ${look.width} px`);
      await page.screenshot({ path: `${shots}/${name}-${look.width}-${look.scheme}.png` });
    }
    expect(findings).toEqual([]);
    window.check();
    await window.close();
  });
}

// Each scheme and each width once: what opens is the same in all of them.
for (const look of [looks[0], looks[3]]) {
  const words = `${look.scheme}, ${look.width} px`;
  test(`what opens over a page, ${words}: nothing serious for axe, the focus stays and comes back, texts stay texts`, async () => {
    types ??= await fillOver(program);
    const window = await open(look);
    const run: string[] = [];
    await window.context.exposeFunction("xss", () => void run.push(window.page.url()));
    await signIn(window);
    const path = (name: string) => pages.find((one) => one.name === name)?.path ?? "";
    const places = overAll(path("contact"), path("enrollment"));
    expect(await walk(window.page, places, look === looks[0])).toEqual([]);
    expect(run).toEqual([]);
    await window.close();
  });

  test(`the settings of every type of step, and what the builder tells of itself, ${words}: nothing serious for axe`, async () => {
    types ??= await fillOver(program);
    const window = await open(look);
    await signIn(window);
    const { page } = window;
    const findings: string[] = [];
    await page.goto("/workflows/every?view=outline");
    for (const type of types) {
      await page.locator(`button[data-step="${type}"]`).click();
      const panel = page.locator("[data-inspector]");
      await panel.getByRole("textbox", { name: "Name", exact: true }).first().waitFor();
      findings.push(...(await lookAt(page, type, "[data-inspector]")));
      await panel.getByRole("button", { name: "Close the panel" }).click();
    }
    if (look === looks[0]) findings.push(...(await tellAll(window, program)));
    expect(findings).toEqual([]);
    await window.close();
  });
}
