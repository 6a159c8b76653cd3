import type { Page } from "playwright-core";
import { type Program, until } from "./program";

/** A page with the name of its picture, and what is done on it before it is looked at. */
export type Shown = { name: string; path: string; act?: (page: Page) => Promise<void> };

/** Runs a backtest, unless one is shown. */
async function backtest(page: Page): Promise<void> {
  const entered = page.getByRole("group", { name: "Who would have entered" });
  if ((await entered.count()) === 0) await page.getByRole("button", { name: "Run the backtest" }).click();
  await entered.waitFor();
}

/** Fills a program with what its pages show, and returns the pages. */
export async function furnish(program: Program): Promise<Shown[]> {
  for (const key of ["post-purchase", "agency-onboarding", "order-status"]) {
    await program.call("POST", `/v1/templates/${key}/install`, {});
  }
  await program.call("POST", "/v1/workflows/post-purchase/publish", {});
  await program.call("POST", "/v1/workflows/agency-onboarding/publish", {});
  await program.call("POST", "/v1/contacts", {
    email: "ana@example.com",
    first_name: "Ana",
    last_name: "Berg",
    timezone: "Europe/Berlin",
    fields: { plan: "pro" },
  });
  await program.call("POST", "/v1/events", {
    type: "contract.signed",
    contact: { email: "ana@example.com" },
    data: { contract_id: "C-1", plan: "retainer", amount: 4800, currency: "USD" },
  });
  let enrollment = "";
  await until("the enrollment waits", async () => {
    const list = await program.call<{ items: { id: string; status: string }[] }>(
      "GET",
      "/v1/enrollments?workflow=agency-onboarding",
    );
    enrollment = list.items[0]?.id ?? "";
    return list.items[0]?.status === "waiting";
  });
  const contact = (await program.call<{ items: { id: string }[] }>("GET", "/v1/contacts?email=ana@example.com"))
    .items[0]?.id;
  await program.call("POST", "/v1/deals", {
    title: "Website",
    pipeline: "sales",
    contact,
    value: 4800,
    currency: "USD",
  });
  await fail(program);
  return [
    { name: "workflows", path: "/workflows" },
    { name: "builder", path: "/workflows/agency-onboarding" },
    { name: "builder-step", path: "/workflows/agency-onboarding?step=welcome" },
    {
      name: "rehearsal",
      path: "/workflows/agency-onboarding?tab=rehearse",
      act: async (page) => {
        await page.getByRole("button", { name: "Rehearse", exact: true }).click();
        await page
          .getByText(/seconds? of real time|completed|Outcome/i)
          .first()
          .waitFor();
      },
    },
    { name: "builder-test", path: "/workflows/agency-onboarding?tab=test" },
    { name: "builder-settings", path: "/workflows/agency-onboarding?tab=settings" },
    { name: "builder-versions", path: "/workflows/agency-onboarding?tab=versions" },
    {
      name: "publish",
      path: "/workflows/post-purchase",
      act: async (page) => {
        await page.getByRole("button", { name: "Publish" }).click();
        await page.getByRole("dialog").waitFor();
      },
    },
    { name: "backtest", path: "/workflows/post-purchase/backtest", act: backtest },
    { name: "gallery", path: "/gallery" },
    { name: "gallery-wizard", path: "/gallery?use=agency-onboarding" },
    { name: "enrollments", path: "/enrollments" },
    { name: "enrollment", path: `/enrollments/${enrollment}` },
    { name: "failures", path: "/failures" },
    {
      name: "batch",
      path: "/enrollments?workflow=consulting",
      act: async (page) => {
        await page.getByLabel("Select all that are shown").check();
        await page.getByRole("button", { name: "Actions", exact: true }).click();
        await page.getByRole("menuitem", { name: "Retry …" }).click();
        await page.getByText("It can be done for all 3 enrollments.").waitFor();
      },
    },
    { name: "contacts", path: "/contacts" },
    { name: "contact", path: `/contacts/${contact}` },
    { name: "contacts-import", path: "/contacts/import" },
    { name: "events", path: "/events" },
    { name: "alarms", path: "/alarms" },
    { name: "pipelines", path: "/pipelines?pipeline=sales" },
    { name: "mail", path: "/mail" },
    { name: "mail-template", path: "/mail/new" },
    { name: "settings", path: "/settings" },
    { name: "settings-keys", path: "/settings?tab=keys" },
    { name: "settings-secrets", path: "/settings?tab=secrets" },
    { name: "settings-suppressions", path: "/settings?tab=suppressions" },
    { name: "settings-alarms", path: "/settings?tab=alarms" },
    { name: "settings-audit", path: "/settings?tab=audit" },
    { name: "settings-engine", path: "/settings?tab=engine" },
    { name: "sink", path: "/sink" },
  ];
}

/** Three people whose call is refused, because the secret that it carries is none of the other side's. */
async function fail(program: Program): Promise<void> {
  await program.call("PUT", "/v1/secrets/calendar-key", { value: "one that has been revoked" });
  const headers = { Authorization: "secret:calendar-key" };
  await program.call("PUT", "/v1/workflows/consulting", {
    schema: 1,
    key: "consulting",
    name: "Book a consultation",
    triggers: [{ id: "asked", event: "consultation.asked" }],
    start: "book",
    nodes: {
      book: {
        type: "webhook",
        name: "Book a call",
        with: { url: `${program.url}/v1/overview`, method: "GET", headers },
        next: "done",
      },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  await program.call("POST", "/v1/workflows/consulting/publish", {});
  for (const who of ["ida", "lev", "tom"])
    await program.call("POST", "/v1/events", { type: "consultation.asked", contact: { email: `${who}@example.com` } });
  await until("three have failed alike", async () => {
    const { items } = await program.call<{ items: { count: number }[] }>("GET", "/v1/failures");
    return items[0]?.count === 3;
  });
}
