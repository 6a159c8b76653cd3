import type { Browser, Page } from "playwright-core";
import { afterEach } from "vitest";
import type { Program } from "./program";

type Parts = { program: Program; browser: Browser };
type Enrollment = {
  workflow: string;
  status: string;
  node: string | null;
  reason: string | null;
  due_at: string | null;
};

/** Lets every test of a file that fails say where the program and its pages stand. */
export function tellingWhenFailed(parts: () => Parts | undefined): void {
  // It comes before the windows are closed.
  afterEach(async ({ task }) => {
    const there = parts();
    if (task.result?.state !== "fail" || !there) return;
    const pages = there.browser.contexts().flatMap((context) => context.pages());
    const told = await Promise.all([...pages.slice(-3).map(shown), standing(there.program)]);
    console.error([`When “${task.name}” failed:`, ...told, there.program.tail()].join("\n"));
  });
}

/** What a page shows, as text. */
async function shown(page: Page): Promise<string> {
  const most = 3000;
  const words = await page
    .locator("body")
    .innerText({ timeout: 5000 })
    .catch((e: unknown) => `cannot be read: ${e}`);
  return `page ${page.url()}: ${words.replaceAll(/\s*\n\s*/g, " | ").slice(0, most)}`;
}

/** Where the newest enrollments stand, and how the engine is. */
async function standing(program: Program): Promise<string> {
  try {
    const { items } = await program.call<{ items: Enrollment[] }>("GET", "/v1/enrollments?limit=30");
    const health = await program.call("GET", "/v1/health/engine");
    const lines = items.map((e) => `${e.workflow}: ${e.status} at ${e.node}, ${e.reason ?? ""} ${e.due_at ?? ""}`);
    return [...lines, `health: ${JSON.stringify(health)}`].join("\n");
  } catch (e) {
    return `the program does not say where it stands: ${e}`;
  }
}
