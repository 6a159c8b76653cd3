import type { Page } from "playwright-core";
import { settingsTabs } from "../../src/features/settings/tabs";
import { unfold } from "./innocent";
import type { World } from "./world";

/** Looks at what a page shows now. */
export type Look = () => Promise<void>;

/** A page, how wide the window is, and what is opened on it one after the other. */
export type Place = { path: string; width?: number; open?: (page: Page, look: Look) => Promise<void> };

/** Opens each dialog behind a button of the name, looks at it and leaves it. */
async function dialogs(page: Page, look: Look, ...names: string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole("button", { name, exact: true }).first().click();
    const open = page.getByRole("dialog").last();
    await open.waitFor();
    await look();
    await page.keyboard.press("Escape");
    await open.waitFor({ state: "hidden" });
  }
}

/** Presses each tab of a part of the page. */
async function tabs(page: Page, look: Look, part: string): Promise<void> {
  for (const tab of await page.locator(part).getByRole("tab").all()) {
    await tab.click();
    await look();
  }
}

/** Every page of a world with what can be opened on it. */
export function placesOf(world: World): Place[] {
  const [first, second, third] = world.rounds;
  return [
    { path: "/workflows", open: (page, look) => dialogs(page, look, "New workflow") },
    { path: "/workflows?find=%3Cimg%20src=x%20onerror=xss()%3E" },
    { path: "/workflows?view=review" },
    { path: "/workflows/flow?view=outline", open: (page, look) => dialogs(page, look, "Publish") },
    { path: "/workflows/flow?figures=true" },
    {
      path: "/workflows/flow?step=mail",
      open: async (page, look) => {
        await page.getByTitle("The mail on a desktop").waitFor();
        await tabs(page, look, "aside");
      },
    },
    ...["call", "ask", "sort"].map((step) => ({ path: `/workflows/flow?step=${step}`, open: unfold })),
    { path: "/workflows/draft" },
    { path: "/workflows/draft?tab=settings" },
    { path: "/workflows/flow?tab=test" },
    { path: "/workflows/flow?tab=versions" },
    { path: "/workflows/flow/figures" },
    { path: "/enrollments" },
    { path: `/enrollments/${first?.enrollment}`, open: unfold },
    { path: `/enrollments/${second?.enrollment}`, width: 390 },
    { path: `/enrollments/${third?.enrollment}` },
    { path: "/failures", open: unfold },
    { path: "/events", open: unfold },
    { path: "/alarms" },
    { path: "/gallery" },
    { path: "/contacts" },
    { path: `/contacts/${first?.contact}` },
    { path: `/contacts/${second?.contact}`, width: 390 },
    { path: `/contacts/import?job=${world.job}` },
    { path: "/pipelines?pipeline=planted-0", open: (page, look) => dialogs(page, look, "New deal") },
    { path: "/mail" },
    { path: "/mail/planted-0", open: (page, look) => dialogs(page, look, "Delete") },
    ...settingsTabs.map(({ tab }) => ({ path: `/settings?tab=${tab}`, open: unfold })),
    { path: "/sink" },
  ];
}
