import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { until } from "./program";
import { serviceOutOfOrder } from "./service";
import { Stage } from "./stage";

const stage = Stage.set();

const service = serviceOutOfOrder();

type Groups = { items: { fingerprint: string; count: number }[] };
type Enrollments = { items: { status: string; outcome: string }[] };
type Audit = { items: { action: string; person: string; detail: { fingerprint?: string } }[] };

test("a group of failures is mended, tried for one and then for all, and everybody completes", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/consulting", {
    schema: 1,
    key: "consulting",
    name: "Book a consultation",
    triggers: [{ id: "asked", event: "consultation.asked" }],
    start: "book",
    nodes: {
      book: { type: "webhook", name: "Book a call", with: { url: service.url }, next: "done" },
      done: { type: "end", with: { outcome: "success" } },
    },
  });
  await program.call("POST", "/v1/workflows/consulting/publish", {});
  for (const who of ["ana", "ben", "cleo", "dan", "eva"])
    await program.call("POST", "/v1/events", {
      type: "consultation.asked",
      contact: { email: `${who}@example.com` },
    });
  let fingerprint = "";
  await until("all five failed alike", async () => {
    const { items } = await program.call<Groups>("GET", "/v1/failures");
    fingerprint = items[0]?.fingerprint ?? "";
    return items.length === 1 && items[0]?.count === 5;
  });

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/workflows");
  await page.getByRole("link", { name: "Failures", exact: true }).click();
  const group = page.getByRole("article", {
    name: /^Book a call failed: what the address of the call leads to is gone/,
  });
  await group.getByText("5 enrollments").waitFor();
  await group.getByRole("link", { name: "“Address” of Book a call" }).waitFor();
  await group.getByRole("button", { name: "Whom it hit" }).click();
  const people = group.getByRole("list", { name: "Whom it hit" }).getByRole("listitem");
  await people.nth(4).waitFor();
  expect(await people.count()).toBe(5);

  service.mended = true;
  await group.getByRole("button", { name: "Retry ana@example.com" }).click();
  await group.getByText("4 enrollments").waitFor();
  await group.getByRole("button", { name: "Retry all 4" }).click();
  const dialog = page.getByRole("dialog", { name: /^Retry: Book a call/ });
  await dialog.getByText("It can be done for all 4 enrollments.").waitFor();
  await dialog.getByRole("button", { name: "Retry 4" }).click();
  await dialog.getByText("4 of 4 enrollments: 4 done").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("heading", { name: "Nothing has failed" }).waitFor();
  expect(await group.count()).toBe(0);
  const done = page.getByRole("region", { name: "Done for many at once" });
  await done.getByRole("article", { name: /^Retry of a group of failures by / }).waitFor();

  await until("all five have completed", async () => {
    const { items } = await program.call<Enrollments>("GET", "/v1/enrollments?workflow=consulting");
    return items.length === 5 && items.every((e) => e.status === "completed" && e.outcome === "success");
  });
  expect(service.taken).toBe(5);
  const audit = await program.call<Audit>("GET", "/v1/audit?subject=consulting");
  expect(audit.items.filter((e) => e.action === "enrollments.retry").map((e) => e.detail.fingerprint)).toEqual([
    fingerprint,
  ]);
  // Whom the group hit may have been asked for in the very moment in which nobody was left in it.
  window.forgive(/status of 404 .*\/v1\/failures\/\w+\?limit=20\)$/);
  window.check();
  await window.close();
});

test("rows of the list are held in one go: who is held already is counted before, and refused", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/resting", {
    schema: 1,
    key: "resting",
    name: "Resting",
    triggers: [{ id: "asked", event: "rest.asked" }],
    start: "rest",
    nodes: { rest: { type: "wait", name: "Rest", with: { for: "3d" }, next: "done" }, done: { type: "end" } },
  });
  await program.call("POST", "/v1/workflows/resting/publish", {});
  for (const who of ["fay", "gus", "hal"])
    await program.call("POST", "/v1/events", { type: "rest.asked", contact: { email: `${who}@example.com` } });
  const all = async (status: string) =>
    (await program.call<{ items: { id: string }[] }>("GET", `/v1/enrollments?workflow=resting&status=${status}`)).items;
  await until("all three wait", async () => (await all("waiting")).length === 3);
  await program.call("POST", `/v1/enrollments/${(await all("waiting"))[0]?.id}/hold`, { reason: "asked by phone" });

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/enrollments?workflow=resting");
  await page.getByLabel("Select all that are shown").check();
  const bar = page.getByRole("region", { name: "Selected enrollments" });
  await bar.getByText("3 selected").waitFor();
  await bar.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Hold …" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold: 3 selected" });
  await dialog.getByText("It can be done for 2 of 3 enrollments, and would be refused for 1.").waitFor();
  await dialog
    .getByRole("list", { name: "Refused" })
    .getByText(/held already: asked by phone/)
    .waitFor();
  await dialog.getByLabel("Reason").fill("the address has changed");
  await dialog.getByLabel("Pace").fill("100/1s");
  await dialog.getByRole("button", { name: "Hold 2" }).click();
  await dialog.getByText("3 of 3 enrollments: 2 done, 1 refused").waitFor();
  await dialog
    .getByRole("list", { name: "Not done" })
    .getByText(/held already/)
    .waitFor();
  expect((await all("held")).length).toBe(3);
  window.check();
  await window.close();
});
