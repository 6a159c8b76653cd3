import { expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { openBuilder, state, untilDraft } from "./builder";
import { until } from "./program";
import { serviceOutOfOrder } from "./service";
import { Stage } from "./stage";

const stage = Stage.set();

const service = serviceOutOfOrder();

type Enrollment = { id: string; status: string; outcome: string | null; version: number; node: string | null };
type Audit = { items: { action: string; detail: Record<string, unknown> }[] };

const inside = async (workflow: string) =>
  (await stage.program.call<{ items: Enrollment[] }>("GET", `/v1/enrollments?workflow=${workflow}&limit=100`)).items;

const groups = async (workflow: string) =>
  (
    await stage.program.call<{ items: { fingerprint: string; count: number; open: number }[] }>(
      "GET",
      `/v1/failures?workflow=${workflow}`,
    )
  ).items;

const audited = async (subject: string, action: string) =>
  (await stage.program.call<Audit>("GET", `/v1/audit?subject=${subject}`)).items.filter((e) => e.action === action);

/** Publishes a workflow that calls an address, sends people in, and waits until all of them have failed alike. */
async function failed(key: string, name: string, url: string, people: readonly string[]): Promise<string> {
  const { program } = stage;
  const type = `${key}.asked`;
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name,
    triggers: [{ id: "asked", event: type }],
    start: "book",
    nodes: {
      book: { type: "webhook", name: "Book a call", with: { url }, next: "mark" },
      mark: { type: "tag_add", name: "Mark as booked", with: { tag: key }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  await program.call("POST", `/v1/workflows/${key}/publish`, {});
  for (const who of people)
    await program.call("POST", "/v1/events", { type, contact: { email: `${who}@example.com` } });
  let fingerprint = "";
  await until("all have failed alike", async () => {
    const found = await groups(key);
    fingerprint = found[0]?.fingerprint ?? "";
    return found.length === 1 && found[0]?.count === people.length;
  });
  return fingerprint;
}

test("a wrong setting is mended in the builder, published over those who are held, and the group is tried again", async () => {
  const { program } = stage;
  service.mended = true;
  const fingerprint = await failed("consulting", "Book a consultation", `${program.url}/v1/nowhere`, [
    "ana",
    "ben",
    "cleo",
    "dan",
  ]);

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/failures");
  const group = page.getByRole("article", { name: /^Book a call failed/ });
  await group.getByText("4 enrollments").waitFor();
  await group.getByRole("link", { name: "“Address” of Book a call" }).click();
  await page.getByRole("combobox", { name: /^Address/ }).fill(service.url);
  await untilDraft(program, "consulting", "has the right address", (d) => d.nodes?.book?.with?.url === service.url);
  await state(page, "Saved").waitFor();

  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByText("4 people are inside on an earlier version. They").waitFor();
  const changes = dialog.getByRole("region", { name: "What differs between version 1 and your draft" });
  await changes.getByText(`${program.url}/v1/nowhere`).waitFor();
  await changes.getByText(service.url).waitFor();
  await dialog.getByLabel("Go on in the new version").check();
  await dialog
    .getByRole("table", { name: "What happens to them" })
    .getByRole("row", { name: /Book a call 4 stay where they are 0/ })
    .waitFor();
  await dialog.getByRole("button", { name: "Publish version 2" }).click();
  await dialog.getByText("4 of 4 people").waitFor();
  await until("all are held in version 2", async () => {
    return (await inside("consulting")).filter((e) => e.version === 2 && e.status === "held").length === 4;
  });
  expect(service.taken, "nothing is called before somebody says so").toBe(0);
  await dialog.getByRole("button", { name: "Done" }).click();

  await page.getByRole("link", { name: "Failures", exact: true }).click();
  await group.getByRole("button", { name: "Retry all 4" }).click();
  const retry = page.getByRole("dialog", { name: /^Retry: Book a call/ });
  await retry.getByText("It can be done for all 4 enrollments.").waitFor();
  await retry.getByRole("button", { name: "Retry 4" }).click();
  await retry.getByText("4 of 4 enrollments: 4 done").waitFor();
  await retry.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("heading", { name: "Nothing has failed" }).waitFor();

  await until("everybody has completed", async () => {
    return (await inside("consulting")).filter((e) => e.status === "completed" && e.outcome === "success").length === 4;
  });
  expect(service.taken).toBe(4);
  expect((await inside("consulting")).map((e) => e.version)).toEqual([2, 2, 2, 2]);
  expect(await groups("consulting")).toEqual([]);
  expect((await audited("consulting", "enrollments.retry")).map((e) => e.detail.fingerprint)).toEqual([fingerprint]);
  window.forgive(/status of 404 .*\/v1\/failures\/\w+\?limit=20\)$/);
  window.check();
  await window.close();
});

test("a group whose step nobody needs is skipped for all, and everybody goes on behind it", async () => {
  const { program } = stage;
  const taken = service.taken;
  await failed("callback", "Call back", `${program.url}/v1/nowhere`, ["eva", "fay", "gus"]);
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/failures?workflow=callback");
  const group = page.getByRole("article", { name: /^Book a call failed/ });
  await group.getByRole("button", { name: "Skip the step for all" }).click();
  const skip = page.getByRole("dialog", { name: "Skip: Book a call, 3 enrollments" });
  await skip.getByText("It can be done for all 3 enrollments.").waitFor();
  await look(page, "failures-skip");
  await skip.getByRole("button", { name: "Skip 3" }).click();
  await skip.getByText("3 of 3 enrollments: 3 done").waitFor();
  await skip.getByRole("button", { name: "Close" }).last().click();
  await until("everybody has completed", async () => {
    return (await inside("callback")).filter((e) => e.status === "completed" && e.outcome === "success").length === 3;
  });
  expect(service.taken).toBe(taken);
  const { items } = await program.call<{ items: unknown[] }>("POST", "/v1/contacts/search", {
    filter: { tag: "callback" },
  });
  expect(items.length, "the step behind it was carried out").toBe(3);

  const [one] = await inside("callback");
  await page.goto(`/enrollments/${one?.id}?step=book`);
  const step = page.getByRole("list", { name: "Steps" }).getByRole("listitem").filter({ hasText: "Book a call" });
  await step.getByText("skipped", { exact: true }).waitFor();
  await step.getByText("Reason: decided by an operator").waitFor();
  expect((await audited("callback", "enrollments.skip")).length).toBe(1);
  window.forgive(/status of 404 .*\/v1\/failures\/\w+\?limit=20\)$/);
  window.check();
  await window.close();
});

test("an older version is published again, and those who are inside go back to it", async () => {
  const { program } = stage;
  const drawn = (length: string) => ({
    schema: 1,
    key: "course",
    name: "Course",
    triggers: [{ id: "joined", event: "course.joined" }],
    start: "rest",
    nodes: { rest: { type: "wait", name: "Rest", with: { for: length }, next: "done" }, done: { type: "end" } },
  });
  const due = async () =>
    (
      await program.call<{ items: { started_at: string; due_at: string }[] }>("GET", "/v1/enrollments?workflow=course")
    ).items.map((e) => Math.round((Date.parse(e.due_at) - Date.parse(e.started_at)) / 86_400_000));
  await program.call("PUT", "/v1/workflows/course", drawn("3d"));
  await program.call("POST", "/v1/workflows/course/publish", {});
  for (const who of ["hal", "ida", "jon"])
    await program.call("POST", "/v1/events", { type: "course.joined", contact: { email: `${who}@example.com` } });
  const standing = (version: number) =>
    until(`all three wait in version ${version}`, async () => {
      return (await inside("course")).filter((e) => e.version === version && e.status === "waiting").length === 3;
    });
  await standing(1);
  await program.call("PUT", "/v1/workflows/course", drawn("9d"));
  await program.call("POST", "/v1/workflows/course/publish", { in_flight: "migrate" });
  await standing(2);
  expect(await due()).toEqual([9, 9, 9]);

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "course");
  await page.getByRole("tab", { name: "Versions" }).click();
  const first = page.getByRole("listitem").filter({ hasText: /^Version 1/ });
  await first.getByRole("button", { name: "Publish again …" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish version 1 again" });
  await dialog.getByText("3 people are inside on an earlier version. They").waitFor();
  const changes = dialog.getByRole("region", { name: "What differs between version 2 and version 1" });
  await changes.locator("del").filter({ hasText: "9" }).waitFor();
  await changes.locator("ins").filter({ hasText: "3" }).waitFor();
  await dialog.getByLabel("Go on in the new version").check();
  await dialog.getByRole("row", { name: /Rest 3 stay where they are 0/ }).waitFor();
  await look(page, "rollback");
  await dialog.getByRole("button", { name: "Publish again" }).click();
  await dialog.getByText("Version 3 is published.").waitFor();
  await dialog.getByText("3 of 3 people").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await standing(3);
  expect(await due(), "what they wait for is that of version 1").toEqual([3, 3, 3]);
  const third = page.getByRole("listitem").filter({ hasText: /^Version 3/ });
  await third.getByText("published", { exact: true }).waitFor();
  expect(await third.getByRole("button", { name: "Publish again …" }).count()).toBe(0);

  const hashes = (
    await program.call<{ items: { version: number; hash: string }[] }>("GET", "/v1/workflows/course/versions")
  ).items;
  const hash = (n: number) => hashes.find((v) => v.version === n)?.hash;
  expect(hash(3)).toBe(hash(1));
  expect(hash(3)).not.toBe(hash(2));
  const told = await audited("course", "workflow.rollback");
  expect(told.map((e) => e.detail)).toMatchObject([{ in_flight: "migrate", to: 1, version: 3 }]);
  await page.goto("/settings?tab=audit");
  const row = page.getByRole("row").filter({ hasText: "workflow.rollback" });
  for (const text of ["course", "in flight: migrate", "to: 1"]) await row.getByText(text).first().waitFor();
  window.check();
  await window.close();
});
