import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { seriousFindings } from "../browser";

/** Marks of what waits for the server, and looks otherwise soon. */
const busy = ".mantine-Skeleton-root, [data-loading], [aria-description='It is being counted.']";

/** What opens over a page stands beside it, in elements of its own. */
const over = "[data-portal]";

/** How many frames pass without a mark of waiting: what is loaded may wait for something itself. */
const quietFrames = 6;

/** Waits until nothing on the page waits for the server, and what has changed is drawn. */
async function atRest(page: Page): Promise<void> {
  let still = 0;
  while (still < quietFrames) {
    const quiet = await page.evaluate(
      (marks) => new Promise<boolean>((next) => requestAnimationFrame(() => next(!document.querySelector(marks)))),
      busy,
    );
    still = quiet ? still + 1 : 0;
  }
}

/** What is wrong with a part of a page, or with what is open over it. */
export async function lookAt(page: Page, name: string, part: string = over): Promise<string[]> {
  await atRest(page);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const found = wider > 1 ? [`${name} scrolls sideways by ${wider} px`] : [];
  return [...found, ...(await seriousFindings(page, part)).map((line) => `${name}: ${line}`)];
}

/** Whether Tab and Shift+Tab stay within a dialog, from its last and from its first stop. */
export async function keepsFocus(page: Page, dialog: Locator): Promise<boolean> {
  const within = () => dialog.evaluate((box) => box.contains(document.activeElement));
  if (!(await within())) return false;
  for (const [place, key] of [
    [-1, "Tab"],
    [0, "Shift+Tab"],
  ] as const) {
    await dialog.evaluate((box, at) => {
      const stops = [...box.querySelectorAll<HTMLElement>("a[href], button, input, textarea, select, [tabindex]")];
      stops
        .filter((one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.offsetParent !== null)
        .at(at)
        ?.focus();
    }, place);
    await page.keyboard.press(key);
    if (!(await within())) return false;
  }
  return true;
}

/** Leaves what is open by Escape, of which a list that is open in it takes the first; the focus is then on the opener. */
export async function leave(page: Page, open: Locator, opener: Locator, name: string): Promise<string[]> {
  for (let i = 0; i < 3 && (await open.isVisible()); i++) {
    await page.keyboard.press("Escape");
    await open.waitFor({ state: "hidden", timeout: 1_000 }).catch(() => {});
  }
  if (await open.isVisible()) return [`${name} is not left by Escape`];
  const back = () => opener.evaluate((one) => one === document.activeElement);
  const found: string[] = [];
  await expect
    .poll(back, { timeout: 5_000 })
    .toBe(true)
    .catch(async () => {
      const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
      found.push(`${name} leaves the focus on ${at}`);
    });
  return found;
}
