import type { Locator, Page } from "playwright-core";
import { fill } from "../hostile/typed";
import type { Over, Place } from "./list";
import { keepsFocus, leave, lookAt } from "./look";

/** Opens one thing, looks at it, tries its focus, types into it and leaves it: what is wrong with it. */
async function one(page: Page, path: string, over: Over, typing: boolean): Promise<string[]> {
  const name = [path, over.button, over.item].filter(Boolean).join(" ");
  await over.first?.(page);
  const opener = page.getByRole("button", { name: over.button, exact: true }).filter({ visible: true }).first();
  await opener.click();
  const [menu, dialog] = [page.getByRole("menu").last(), page.locator("[data-portal]").getByRole("dialog").last()];
  if (over.item) await page.getByRole("menuitem", { name: over.item }).click();
  const shown: Locator = over.item ? dialog : menu.or(dialog).last();
  await shown.waitFor();
  await over.after?.(page);
  const found = await lookAt(page, name);
  if ((await shown.getAttribute("role")) === "dialog") {
    if (!(await keepsFocus(page, shown))) found.push(`${name} lets the focus out`);
    if (typing) found.push(...(await fill(page, shown)));
  }
  return [...found, ...(await leave(page, shown, opener, name))];
}

/** Opens everything that opens over the pages, one after the other; `typing` fills the forms with hostile texts. */
export async function walk(page: Page, places: Place[], typing: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const { path, all } of places) {
    await page.goto(path);
    for (const over of all) {
      try {
        found.push(...(await one(page, path, over, typing)));
      } catch (e) {
        found.push(`${path} ${over.button} ${over.item ?? ""}: ${e}`);
        await page.goto(path);
      }
    }
  }
  return found;
}
