import type { Locator, Page } from "playwright-core";
import { settingsTabs } from "../../src/features/settings/tabs";
import { foreignMarkup } from "./innocent";

/** What does harm where it is put in as HTML, as Liquid or as an address: it tries to call `xss()`. */
export const hostile = `"><img src=x onerror=xss()></textarea><script>xss()</script>{{ '<svg onload=xss()>' }}`;

const kinds = ["", "[type=text]", "[type=search]", "[type=email]", "[type=password]"];
const inputs = kinds.map((kind) => `input${kind || ":not([type])"}:not([readonly])`);
const fields = [...inputs, "textarea", "[contenteditable=true]"].join(", ");

/** Types the hostile text into every field of a part of a page that takes one, and says what became of it. */
export async function fill(page: Page, part: Locator): Promise<string[]> {
  for (const field of await part.locator(fields).all())
    if ((await field.isVisible()) && (await field.isEnabled())) await field.fill(hostile);
  // What the page asks of the server by itself while one types comes a little later.
  await page.waitForTimeout(250);
  return foreignMarkup(page);
}

/** A page with forms of its own, what is pressed before they are all there, and what sends them. */
export type Form = { path: string; press?: RegExp[]; send?: string };

/** Every form that stands in a page, of a world with the workflows "flow" and "draft". */
export function formsOf(contact: string): Form[] {
  return [
    { path: "/sign-in", send: "Sign in" },
    { path: "/workflows" },
    { path: "/workflows/flow", press: [/Rename$/] },
    { path: "/workflows/flow?tab=rehearse", press: [/^Add an event$/], send: "Rehearse" },
    { path: "/workflows/flow?tab=test" },
    { path: "/workflows/flow?tab=settings" },
    { path: "/workflows/flow/backtest", send: "Run the backtest" },
    { path: "/enrollments" },
    { path: "/events" },
    { path: "/contacts" },
    { path: `/contacts/${contact}`, send: "Add" },
    { path: "/mail/new", send: "Save" },
    { path: "/sink" },
    ...settingsTabs.map(({ tab }) => ({ path: `/settings?tab=${tab}`, send: "Save" })),
  ];
}

/** Addresses with the hostile text in every place of a path or a query that takes one. */
export function addresses(): string[] {
  const text = encodeURIComponent(hostile);
  const query = (...names: string[]) => `?${names.map((name) => `${name}=${text}`).join("&")}`;
  return [
    `/${text}`,
    `/workflows${query("find", "status", "view")}`,
    `/workflows/${text}`,
    `/workflows/flow${query("step", "tab", "view", "from", "to", "range")}`,
    `/workflows/flow?version=99&step=${text}`,
    `/workflows/flow/figures${query("range", "from", "to", "version")}`,
    `/workflows/flow/backtest${query("run")}`,
    `/enrollments${query("workflow", "status", "node", "contact", "step", "version")}`,
    `/enrollments/${text}`,
    `/failures${query("workflow", "group")}`,
    `/events${query("type", "contact", "verdict")}`,
    `/contacts${query("query")}`,
    `/contacts/${text}`,
    `/contacts/import${query("job")}`,
    `/pipelines${query("pipeline")}`,
    `/mail/${text}`,
    `/gallery${query("use", "category")}`,
    `/settings${query("tab")}`,
    `/sink${query("to", "mail")}`,
    "/sign-in?back=javascript:xss()",
    `/sign-in?back=/${text}#code=${text}`,
  ];
}
