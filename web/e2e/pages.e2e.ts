import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, seriousFindings, settled, signIn, Window } from "./browser";
import { furnish, type Shown } from "./furnish";
import { Program } from "./program";
import { tellingWhenFailed } from "./telling";

const shots = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
let program: Program;
let browser: Browser;
let pages: Shown[];
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

for (const look of looks) {
  test(`every page, ${look.scheme}, ${look.width} px: nothing serious for axe, no fault, no sideways scrolling`, async () => {
    const window = await Window.open(browser, program.url, {
      viewport: { width: look.width, height: look.height },
      colorScheme: look.scheme,
      reducedMotion: "reduce",
    });
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
