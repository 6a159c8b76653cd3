import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { look, settled, signIn, Window } from "./browser";
import { analyticsOf, sold } from "./sales";
import { Stage } from "./stage";

const stage = Stage.set();

type Review = { key: string; owner: string; errors: number; steps: number; review: string[] };

const read = () => analyticsOf(stage.program);

async function tile(page: Page, name: string): Promise<string | undefined> {
  const lines = (await page.getByRole("group", { name, exact: true }).innerText()).split("\n").map((l) => l.trim());
  return lines.filter((line) => line !== "" && line !== name)[0];
}

/** The lines of a table, each with its head and its cells, read at one moment once there are any. */
async function lines(page: Page, table: string): Promise<string[][]> {
  const rows = page.getByRole("table", { name: table }).getByRole("row");
  await rows.nth(1).waitFor();
  const read = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => [...row.querySelectorAll<HTMLElement>("th, td")].map((cell) => cell.innerText)),
  );
  // The small print of a value, and of what stands before the line, is left out.
  return read.map((cells) => cells.map((cell) => cell.trim().replace(/\s*\(.*\)$|\n.*$/s, "")));
}

/** How the page writes a length of less than a minute, worked out anew. */
function lengthWords(seconds: number): string {
  const [n, digits, unit] = seconds < 0.9995 ? [seconds * 1000, 0, "ms"] : [seconds, seconds < 10 ? 2 : 1, "s"];
  return `${n.toLocaleString("en", { maximumFractionDigits: digits })} ${unit}`;
}

const share = (rate: number | null) => (rate === null ? "—" : `${Math.round(rate * 1000) / 10} %`);

test("times, money, days, mails, the table to take along and the review list are what the API answers", async () => {
  await sold(stage.program);
  const a = await read();
  const window = await Window.open(stage.browser, stage.program.url, { acceptDownloads: true });
  await signIn(window);
  const { page } = window;
  await page.goto("/workflows/sales/figures");
  await page.getByRole("group", { name: "Enrolled", exact: true }).waitFor();
  await settled(page);
  expect(a.time_to_completion.p50_s).toBeGreaterThanOrEqual(3);
  expect(a.saved).toMatchObject({ hours: 0.75, amount: 45 });
  for (const [name, value] of [
    ["Time to completion, median", lengthWords(a.time_to_completion.p50_s)],
    ["Time to completion, average", lengthWords(a.time_to_completion.avg_s)],
    ["Time to completion, 90 %", lengthWords(a.time_to_completion.p90_s)],
    ["Excess over planned waits", lengthWords(a.excess_s.p50)],
    ["Lateness", lengthWords(a.lateness_s.p50)],
    ["Hours saved", "0.75 h"],
    ["Money saved", "€45.00"],
    ["Error rate", "25 %"],
  ] as const)
    expect(await tile(page, name), name).toBe(value);
  await page.getByRole("region", { name: "Impact on the goal" }).getByText(a.impact.words).waitFor();

  await page.getByRole("tab", { name: "By day" }).click();
  expect((await lines(page, "Figures by day")).map(([, ...cells]) => cells)).toEqual(
    [...a.series]
      .reverse()
      .map((d) => [
        ...[d.enrolled, d.finished, d.completed].map(String),
        share(d.completion_rate),
        ...[d.steps, d.errors].map(String),
      ]),
  );
  await page.getByRole("tab", { name: "By step" }).click();
  const steps = await lines(page, "Figures by step");
  for (const n of a.nodes) {
    const cells = steps.find(([title]) => title === n.title) ?? [];
    expect([cells[1], cells[3], cells[4], ...cells.slice(8)], n.node).toEqual([
      ...[n.entries, n.done, n.failed].map(String),
      ...(n.mail ? ["3", share(1 / 3), share(1 / 3), "0"] : ["", "", "", ""]),
    ]);
  }
  expect(steps.length).toBe(a.nodes.length);

  const link = page.getByRole("link", { name: "CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const taken = await readFile(await download.path(), "utf8");
  const answer = await window.context.request.get((await link.getAttribute("href")) ?? "");
  expect(taken).toBe(await answer.text());
  const [head, ...rows] = taken.trim().split("\n");
  const mailed = rows.find((row) => row.startsWith("node,,,mail,"))?.split(",") ?? [];
  const column = (name: string) => mailed[head?.split(",").indexOf(name) ?? -1];
  expect(["entries", "done", "mails_sent", "mails_opened", "mails_clicked", "mails_bounced"].map(column)).toEqual([
    "3",
    "3",
    "3",
    "1",
    "1",
    "0",
  ]);
  expect(rows.filter((row) => row.startsWith("day,")).length).toBe(a.series.length);

  const { workflows } = await stage.program.call<{ workflows: Review[] }>("GET", "/v1/overview");
  const sales = workflows.find((w) => w.key === "sales");
  expect(sales).toMatchObject({ owner: "Olga", errors: 3, review: ["errors"] });
  await page.goto("/workflows?view=review");
  const row = page.getByRole("table", { name: "Workflows to review" }).getByRole("row").filter({ hasText: "Sales" });
  await row.getByRole("link", { name: "Sales" }).waitFor();
  const cells = (await row.getByRole("cell").allInnerTexts()).map((cell) => cell.split(/\s*\n\s*/).filter(Boolean));
  expect(cells.map((cell, i) => (i === 2 ? "when" : cell))).toEqual([
    ["Sales"],
    ["25 % errors"],
    "when",
    ["Olga"],
    ["0.75 h", "€45.00"],
    ["25 %", `3 of ${sales?.steps} steps`],
  ]);
  expect(cells[2]?.join(" ")).toMatch(/ago|now|second|minute/);
  window.check();
  await window.close();
});

type Counted = { name: string; count: number };
type Backtest = {
  status: string;
  result: {
    events: number;
    entered: number;
    sends: { total: number; by_day: Counted[] };
    overlaps: { workflow: string; count: number }[];
    samples: { contact: { email: string } }[];
  };
};

test("a draft is tried on past events: who, mails by day and overlaps are those of the API", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/greeting", {
    schema: 1,
    key: "greeting",
    name: "Greeting",
    triggers: [{ id: "came", event: "lead.came" }],
    start: "mail",
    nodes: {
      mail: {
        type: "email",
        name: "Greet",
        with: { subject: "Hello", body: "Hello.", class: "transactional" },
        next: "rest",
      },
      rest: {
        type: "wait_event",
        name: "Until they buy",
        with: { events: [{ id: "bought", event: "sale.made" }], timeout: "1s" },
        next: { bought: "done", timeout: "done" },
      },
      done: { type: "end" },
    },
  });
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/workflows/greeting");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Backtest on past events …" }).click();
  await page.getByRole("radiogroup", { name: "Events of the last" }).getByText("7 days").click();
  await page.getByRole("button", { name: "Run the backtest" }).click();
  const entered = page.getByRole("group", { name: "Who would have entered" });
  await entered.getByText("3 would have entered in 7 days").waitFor();
  const list = "/v1/workflows/greeting/backtests";
  const [run] = (await program.call<{ items: { id: string }[] }>("GET", list)).items;
  const { status, result } = await program.call<Backtest>("GET", `${list}/${run?.id}`);
  expect(status).toBe("done");
  expect(result).toMatchObject({ entered: 3, sends: { total: 3 }, overlaps: [{ workflow: "sales", count: 3 }] });
  await entered.getByText(`${result.events} events of 3 contacts met it.`).waitFor();
  const days = page.getByRole("group", { name: "Mails a day" });
  await days.getByText("3 mails in all").waitFor();
  const bars = (await days.getByRole("listitem").allInnerTexts()).map((text) => text.split(/\s+/).filter(Boolean));
  expect(bars).toEqual(result.sends.by_day.map((day) => [day.name, `${day.count}`]));
  await page.getByRole("region", { name: "Overlaps" }).getByText("3 enrollments beside sales").waitFor();
  for (const one of result.samples)
    await page
      .getByRole("table", { name: /^Some of those/ })
      .getByText(one.contact.email)
      .waitFor();
  await look(page, "backtest-overlaps");
  window.check();
  await window.close();
});
