import type { Locator, Page } from "playwright-core";
import { type Program, until } from "./program";

/** A definition as far as the stories look into it. */
export type Drawn = {
  key: string;
  name?: string;
  nodes?: Record<string, { name?: string; type: string; with?: Record<string, unknown>; next?: unknown }>;
};

export type Problem = { severity: string; code: string; message: string };

/** The draft as the server holds it. */
export async function draftOf(program: Program, key: string) {
  const { draft } = await program.call<{ draft: { definition: Drawn; problems: Problem[] } }>(
    "GET",
    `/v1/workflows/${key}`,
  );
  return draft;
}

/** Waits until the server holds a draft that fits. */
export async function untilDraft(program: Program, key: string, what: string, fits: (drawn: Drawn) => boolean) {
  await until(`the draft on the server ${what}`, async () => fits((await draftOf(program, key)).definition));
}

/** What the header says of the draft. */
export function state(page: Page, words: "Saved" | "Saving" | "Offline" | "Conflict"): Locator {
  return page.getByRole("status", { name: "Draft" }).filter({ hasText: new RegExp(`^\\s*${words}`) });
}

/** The card or line of a step, by the words that name it. */
export function step(page: Page, name: string): Locator {
  return page.getByRole("button", { name: new RegExp(`^Step \\d+ of \\d+, .*${name}`) });
}

/** Opens a workflow, and waits until it is drawn. */
export async function openBuilder(page: Page, key: string): Promise<void> {
  await page.goto(`/workflows/${key}`);
  await state(page, "Saved").waitFor();
}

/** Gives a workflow another name, where it stands. */
export async function rename(page: Page, name: string): Promise<void> {
  await page.getByTitle("Rename").click();
  await page.getByRole("textbox", { name: "Name of the workflow" }).fill(name);
  await page.keyboard.press("Enter");
}
