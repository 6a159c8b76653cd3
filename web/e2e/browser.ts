import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

/** A window in which whatever its pages must never do is written down, in every tab and in what opens of itself. */
export class Window {
  private static readonly opened = new Set<Window>();
  readonly faults: string[] = [];
  /** How often a page asked whether it may be left, and what it is told. */
  readonly leaving: { asked: number; answer: "go" | "stay" } = { asked: 0, answer: "go" };
  /** The first of its tabs. */
  page!: Page;
  private allowed: RegExp[] = [];
  private constructor(
    readonly context: BrowserContext,
    home: string,
  ) {
    context.setDefaultTimeout(60_000);
    context.on("console", (m) => m.type() === "error" && this.fault(`console: ${m.text()} (${m.location().url})`));
    context.on("weberror", (e) => this.fault(`error: ${e.error().message} (${e.page()?.url()})`));
    context.on("dialog", (d) => {
      if (d.type() !== "beforeunload") this.fault(`dialog: ${d.message()}`);
      else this.leaving.asked++;
      void (this.leaving.answer === "go" ? d.accept() : d.dismiss());
    });
    context.on("request", (r) => {
      if (!/^(blob|data|about):/.test(r.url()) && new URL(r.url()).origin !== home)
        this.fault(`request to another host: ${r.url()}`);
    });
  }

  static async open(
    browser: Browser,
    home: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Window> {
    const context = await browser.newContext({ baseURL: home, viewport: { width: 1440, height: 900 }, ...options });
    const window = new Window(context, new URL(home).origin);
    Window.opened.add(window);
    window.page = await context.newPage();
    return window;
  }

  /** Ends every window that is open yet, and fails when a page of one did what it must never do. */
  static async closeAll(): Promise<void> {
    const windows = [...Window.opened];
    Window.opened.clear();
    await Promise.all(windows.map((window) => window.context.close()));
    expect(windows.flatMap((window) => window.faults)).toEqual([]);
  }

  /** Another tab of the same person. */
  tab(): Promise<Page> {
    return this.context.newPage();
  }

  private fault(text: string) {
    if (!this.allowed.some((one) => one.test(text))) this.faults.push(text);
  }

  /** From here on such a line is expected: the program is down, or a refusal is provoked. */
  allow(...lines: RegExp[]) {
    this.allowed.push(...lines);
  }

  /** Leaves out lines that are not of the page's own doing. */
  forgive(...lines: RegExp[]) {
    this.faults.splice(0, Infinity, ...this.faults.filter((fault) => !lines.some((one) => one.test(fault))));
  }

  /** Fails when a page did what it must never do. */
  check() {
    expect(this.faults).toEqual([]);
  }

  /** Ends it, and fails as `check` does. */
  async close() {
    Window.opened.delete(this);
    await this.context.close();
    this.check();
  }
}

/** Gives a window a session, as the administrator if no other key is given. */
export async function signIn(window: Window, key = "dev-key"): Promise<void> {
  const answer = await window.context.request.post("/v1/session", { data: { key } });
  expect(answer.status()).toBe(201);
}

/** Waits until a page has shown what it asked for. A stream of changes stays open, so the network never rests. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector(".mantine-Skeleton-root"));
  await page.waitForTimeout(300);
}

/** What axe finds that is serious or worse, as lines; in a part of the page if one is named. */
export async function seriousFindings(page: Page, part?: string): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (named) => {
    const results = await (window as unknown as { axe: typeof axe }).axe.run(named ?? document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return results.violations.map((v) => ({
      id: v.id,
      impact: v.impact,
      nodes: v.nodes.slice(0, 5).map((n) => `${n.target.join(" ")}: ${n.failureSummary ?? ""}`),
    }));
  }, part);
  return found
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((n) => `${page.url()} ${v.id} (${v.impact}): ${n.replaceAll("\n", " ")}`));
}

const shots = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));

/** Looks at a page in both schemes and two widths: nothing serious for axe, and a picture of each. */
export async function look(page: Page, name: string): Promise<void> {
  await mkdir(shots, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((s) => document.documentElement.dataset.mantineColorScheme === s, colorScheme);
      await settled(page);
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png` });
    }
  await page.setViewportSize({ width: 1440, height: 900 });
}
