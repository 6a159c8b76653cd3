import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { look, seriousFindings, settled, signIn, Window } from "./browser";
import { type Analytics, did, peopled } from "./figures";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();
/** How long before midnight the story is not begun any more, in milliseconds. */
const dayRest = 180_000;
const shots = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));

beforeAll(async () => {
  // The story is of one day.
  const day = (later: number) => new Date(Date.now() + later).getUTCDate();
  await until("no day ends meanwhile", () => day(0) === day(dayRest), dayRest + 10_000);
  await peopled(stage.program);
}, 400_000);

const read = (query = "") => stage.program.call<Analytics>("GET", `/v1/workflows/leads/analytics${query}`);

/** How the page writes a share, worked out anew: one decimal at most. */
const share = (rate: number | null) => (rate === null ? "—" : `${Math.round(rate * 1000) / 10} %`);

/** The figure of a tile: what stands between its name and the small print. */
async function tile(page: Page, name: string): Promise<string[]> {
  const text = await page.getByRole("group", { name, exact: true }).innerText();
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== name);
}

/** The cells of a line of a table, the first one left out. */
async function cells(page: Page, table: string, line: string): Promise<string[]> {
  const row = page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: line });
  await row.first().waitFor();
  return (await row.getByRole("cell").allInnerTexts()).map((text) => text.trim().replace(/\s*\(.*\)$/s, ""));
}

async function open(path: string, options: Parameters<typeof Window.open>[2] = {}) {
  const window = await Window.open(stage.browser, stage.program.url, { reducedMotion: "reduce", ...options });
  await signIn(window);
  await window.page.goto(path);
  await window.page.getByRole("heading", { level: 1 }).or(window.page.getByTitle("Rename")).first().waitFor();
  await settled(window.page);
  return window;
}

test("the dashboard shows what the API answers, and what the story did", async () => {
  const a = await read();
  expect(a.enrolled, "the story itself").toBe(did.came + 1);
  expect(a.completed).toBe(did.answered);
  const window = await open("/workflows/leads/figures");
  const { page } = window;
  for (const [name, value, below] of [
    ["Enrolled", `${a.enrolled}`, undefined],
    ["Inside now", `${did.waiting + 1}`, undefined],
    ["Finished", `${did.answered + did.declined}`, `${a.completed} completed, ${did.declined} exited, 0 failed`],
    ["Completion rate", share(a.completion_rate), `${did.answered} of ${a.finished} finished with success`],
    ["Error rate", share(a.error_rate), `${a.errors} of ${a.steps} steps`],
    ["Lateness", "—", "no wait ended by time"],
    ["Hours saved", `${a.saved.hours} h`, undefined],
  ] as const) {
    const [shown, small] = await tile(page, name);
    expect(shown, name).toBe(value);
    if (below !== undefined) expect(small, name).toBe(below);
  }
  expect(a.saved.hours, "three completions of 15 minutes").toBe(0.75);
  const lost = page.getByRole("region", { name: "Where people are lost" });
  expect(a.drop_off?.node).toBe("answer");
  await lost.getByText(a.drop_off?.words ?? "nothing").waitFor();

  await page.getByRole("tab", { name: "By step" }).click();
  for (const n of a.nodes) {
    const [entered, now, done, failed, , left, rate] = await cells(page, "Figures by step", n.title);
    expect([entered, now, done, failed, left, rate], n.node).toEqual([
      ...[n.entries, n.active_now, n.done, n.failed, n.lost].map(String),
      share(n.drop_off),
    ]);
  }
  await page.getByRole("tab", { name: "By day" }).click();
  const today = a.series.at(-1);
  const first = page.getByRole("table", { name: "Figures by day" }).getByRole("row").nth(1);
  await first.waitFor();
  const day = (await first.getByRole("cell").allInnerTexts()).map((text) => text.trim());
  expect(day).toEqual([
    `${today?.enrolled}`,
    `${today?.finished}`,
    `${today?.completed}`,
    share(a.completion_rate),
    `${today?.steps}`,
    `${today?.errors}`,
  ]);
  expect(new URL(page.url()).search).toBe("?tab=days");
  window.check();
  await window.close();
});

test("two versions stand side by side, the address keeps them, and a range without anybody says so", async () => {
  const [one, two] = await Promise.all([read("?version=1"), read("?version=2")]);
  const window = await open("/workflows/leads/figures?version=1");
  const { page } = window;
  expect(await tile(page, "Enrolled")).toEqual([`${one.enrolled}`, "2 still inside, 6 finished"]);
  await page.getByRole("combobox", { name: "Compare with" }).click();
  await page.getByRole("option", { name: "Version 2" }).click();
  await page.getByRole("group", { name: "Enrolled", exact: true }).getByText("v2").waitFor();
  const both = await tile(page, "Enrolled");
  expect(both.filter((line) => /^(v\d|\d+)$/.test(line))).toEqual(["v1", `${one.enrolled}`, "v2", `${two.enrolled}`]);
  expect(await tile(page, "Completion rate")).toContain("—");
  await page.reload();
  await page.getByRole("group", { name: "Enrolled", exact: true }).getByText("v2").waitFor();
  await page.goto("/workflows/leads/figures?from=2020-01-01&to=2020-01-31");
  await page.getByText("Nobody started in this range.").waitFor();
  expect(await tile(page, "Error rate")).toEqual(["—", "no step was attempted yet"]);
  await page.goto("/workflows/leads/figures?tab=versions");
  await page.getByRole("table", { name: "Figures by version" }).waitFor();
  for (const v of (await read()).versions) {
    const line = await cells(page, "Figures by version", `Version ${v.version}`);
    expect(line[0]).toBe(`${v.enrolled}`);
    expect(line.slice(3, 5)).toEqual([share(v.completion_rate), share(v.error_rate)]);
  }
  window.check();
  await window.close();
});

test("the figures lie over the canvas, and a click on a count shows those people", async () => {
  const a = await read();
  const window = await open("/workflows/leads?view=canvas");
  const { page } = window;
  await page.getByRole("button", { name: "Figures", exact: true }).click();
  const bar = page.getByRole("region", { name: "Figures on the canvas" });
  await bar.getByText(a.drop_off?.words ?? "nothing").waitFor();
  for (const n of a.nodes) {
    const words = [`${n.entries} entered`, n.active_now > 0 && `${n.active_now} here now`, `${n.done} done`];
    if (n.failed > 0) words.push(`${n.failed} failed`);
    if (n.lost > 0) words.push(`${n.lost} lost here`);
    if (n.node === a.drop_off?.node) words.push("the greatest drop-off");
    const name = words.filter(Boolean).join(", ");
    await page.getByRole("button", { name: new RegExp(`^Step \\d+ of \\d+, .*${n.title}.*, ${name}`) }).waitFor();
  }
  const labels = (await page.locator(".react-flow__edgelabel-renderer").innerText()).replaceAll("\n", " ");
  for (const n of a.nodes) {
    for (const count of Object.values(n.ports)) expect(labels).toContain(`${count} · ${share(count / n.entries)}`);
  }
  expect(await page.getByRole("button", { name: /^Insert a step/ }).count(), "nothing is edited here").toBe(0);

  await page.getByRole("link", { name: `${did.declined} lost here`, exact: true }).click();
  await page.getByRole("heading", { name: "Enrollments", level: 1 }).waitFor();
  await page.getByText("3 enrollments shown", { exact: true }).waitFor();
  for (const who of ["dan", "eve", "fay"]) await page.getByRole("link", { name: `${who}@example.com` }).waitFor();
  await page.getByText("Ended without success", { exact: true }).waitFor();
  await page.goBack();
  await page.getByTitle("3 left by “said”: show them").click();
  await page.getByText("3 enrollments shown", { exact: true }).waitFor();
  for (const who of ["ann", "bea", "cid"]) await page.getByRole("link", { name: `${who}@example.com` }).waitFor();

  // All of the count at once: an order for it counts exactly those.
  await page.getByRole("button", { name: "Select all 3 of this count" }).click();
  const selected = page.getByRole("region", { name: "Selected enrollments" });
  await selected.getByText("All 3 that match the filter").waitFor();
  await selected.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Retry …" }).click();
  const order = page.getByRole("dialog", { name: "Retry: all of this count" });
  await order.getByText("It can be done for 0 of 3 enrollments, and would be refused for 3.").waitFor();
  await order
    .getByRole("list", { name: "Refused" })
    .getByText(/^3: the enrollment has ended/)
    .waitFor();
  await order.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: /^Without: Came to/ }).click();
  await page.getByText("9 enrollments shown", { exact: true }).waitFor();
  window.check();
  await window.close();
});

/** What has the focus: the name of a card or of a count. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
  });

test("arrow keys lead over the counts on the ways, and Enter shows whom one means", async () => {
  const window = await open("/workflows/leads?view=canvas&figures=true");
  const { page } = window;
  await page.getByTitle("3 left by “said”: show them").waitFor();
  await page.getByRole("button", { name: /^Step \d+ of \d+, .*Wait for the answer/ }).focus();
  await page.keyboard.press("ArrowDown");
  await expect
    .poll(() => focused(page), { timeout: 20_000 })
    .toMatch(/ left Wait for the answer by “said”: show them$/);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focused(page), { timeout: 20_000 }).toMatch(/Large customer/);
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => focused(page), { timeout: 20_000 }).toMatch(/by “said”/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await expect.poll(() => focused(page), { timeout: 20_000 }).toMatch(/by “said”/); // the canvas is one tab stop, and remembers which
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Enrollments", level: 1 }).waitFor();
  await page.getByText("3 enrollments shown", { exact: true }).waitFor();
  window.check();
  await window.close();
});

test("the figures of its version lie over the path of an enrollment", async () => {
  const { items } = await stage.program.call<{ items: { id: string }[] }>(
    "GET",
    "/v1/enrollments?workflow=leads&status=completed&limit=1",
  );
  const one = await read("?version=1");
  const window = await open(`/enrollments/${items[0]?.id}`, { reducedMotion: "no-preference" });
  const { page } = window;
  await page.getByRole("button", { name: "Figures", exact: true }).click();
  await page.getByRole("region", { name: "Figures on the canvas" }).waitFor();
  // What is out of sight is not drawn; the first steps are in sight.
  for (const n of one.nodes.filter(({ node }) => node === "hello" || node === "answer")) {
    const name = new RegExp(`^Step \\d+ of \\d+, .*${n.title}.*${n.entries} entered`);
    await page.getByRole("button", { name }).waitFor();
  }
  expect(await page.locator("path[class*=edge_travelled]").count(), "the path stays").toBeGreaterThan(2);
  expect(new URL(page.url()).search).toBe("?figures=true");
  await page.getByTitle("3 left by “said”: show them").click();
  await page.getByText("3 enrollments shown", { exact: true }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Hide the figures" }).click();
  await page.getByRole("region", { name: "Figures on the canvas" }).waitFor({ state: "detached" });
  await page.goto(`/enrollments/${items[0]?.id}?figures=true`);
  await page.getByTitle("3 left by “said”: show them").waitFor();
  await look(page, "enrollment-figures");
  window.check();
  await window.close();
});

test("the list of workflows says how each does, and whether Temporal has the same", async () => {
  const a = await read();
  const window = await open("/workflows");
  const { page } = window;
  const line = page.getByRole("row").filter({ hasText: "Leads" });
  for (const text of [share(a.completion_rate), share(a.error_rate), "no owner"])
    await line.getByText(text).first().waitFor();
  await page.getByRole("status", { name: "Against Temporal" }).waitFor();
  await page.getByText(/^Review \(\d+\)$/).click();
  await page.getByRole("table", { name: "Workflows to review" }).getByRole("link", { name: "Leads" }).click();
  await page.getByRole("heading", { name: "Dashboard of Leads" }).waitFor();
  window.check();
  await window.close();
});

for (const [scheme, width] of [
  ["light", 1440],
  ["dark", 1440],
  ["light", 390],
  ["dark", 390],
] as const) {
  test(`figures, ${scheme}, ${width} px: nothing serious for axe, no sideways scrolling`, async () => {
    const findings: string[] = [];
    const window = await open("/workflows", { viewport: { width, height: 900 }, colorScheme: scheme });
    const { page } = window;
    for (const [name, path] of [
      ["dashboard", "/workflows/leads/figures"],
      ["dashboard-compare", "/workflows/leads/figures?version=2&compare=1"],
      ["dashboard-steps", "/workflows/leads/figures?tab=steps"],
      ["dashboard-days", "/workflows/leads/figures?tab=days&range=7d"],
      ["dashboard-versions", "/workflows/leads/figures?tab=versions"],
      ["builder-figures", "/workflows/leads?view=canvas&figures=true"],
      ["workflows-review", "/workflows?view=review"],
    ] as const) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).or(page.getByTitle("Rename")).first().waitFor();
      await settled(page);
      findings.push(...(await seriousFindings(page)));
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (sideways > 1) findings.push(`${path} scrolls sideways by ${sideways} px`);
      await page.screenshot({ path: `${shots}/${name}-${width}-${scheme}.png` });
    }
    expect(findings).toEqual([]);
    window.check();
    await window.close();
  });
}
