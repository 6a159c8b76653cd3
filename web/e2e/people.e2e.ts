import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder, state, untilDraft } from "./builder";
import { type Program, until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

type Enrollment = { id: string; status: string; reason: string | null };
type Steps = { steps: { node: string; status: string }[] };

const made = async (program: Program, body: Record<string, unknown>) =>
  (await program.call<{ id: string }>("POST", "/v1/contacts", body)).id;

const passages = async (program: Program, workflow: string) =>
  (await program.call<{ items: Enrollment[] }>("GET", `/v1/enrollments?workflow=${workflow}`)).items;

/** Publishes a workflow of the nodes, of which the first is the start, and ends it after the last. */
async function publish(
  program: Program,
  key: string,
  trigger: Record<string, unknown>,
  nodes: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): Promise<void> {
  const definition = { schema: 1, key, name: key, settings, triggers: [{ id: "begins", ...trigger }] };
  await program.call("PUT", `/v1/workflows/${key}`, { ...definition, start: Object.keys(nodes)[0], nodes });
  await program.call("POST", `/v1/workflows/${key}/publish`, {});
}

const report = (program: Program, type: string, email: string, data: Record<string, unknown> = {}) =>
  program.call("POST", "/v1/events", { type, contact: { email }, data });

async function signedIn(): Promise<{ window: Window; page: Page }> {
  const window = await Window.open(stage.browser, stage.program.url);
  await signIn(window);
  return { window, page: window.page };
}

const rest = { rest: { type: "wait", name: "Rest", with: { for: "30d" } } };

test("two contacts become one: what would change is said before, and the old address leads to the one that stays", async () => {
  const { program } = stage;
  await publish(program, "club", { event: "club.joined" }, rest);
  const anna = await made(program, { email: "anna@example.com", first_name: "Anna" });
  const old = await made(program, { email: "anna.old@example.com", last_name: "Winter", fields: { size: "M" } });
  await report(program, "club.joined", "anna.old@example.com");
  await until("the other one is inside", async () => (await passages(program, "club"))[0]?.status === "waiting");

  const { window, page } = await signedIn();
  await page.goto(`/contacts/${anna}`);
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Merge another contact into this one" });
  await dialog.getByRole("combobox", { name: "The other contact" }).fill("anna.old");
  await page.getByRole("option", { name: /anna\.old@example\.com/ }).click();
  const changes = dialog.getByRole("list", { name: "What would change" });
  await changes.getByText("Last name: nothing → Winter").waitFor();
  await changes.getByText("size: nothing → M").waitFor();
  await changes.getByText("One enrollment of the other contact ends.").waitFor();
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("heading", { level: 1, name: "Anna Winter" }).waitFor();

  const passed = page.getByRole("region", { name: "Enrollments" });
  await passed.getByText("the contact was merged into another").waitFor();
  await page.goto(`/contacts/${old}`);
  await page.getByRole("heading", { level: 1, name: "Anna Winter" }).waitFor();
  const { items } = await program.call<{ items: { id: string }[] }>("GET", "/v1/contacts?email=anna.old@example.com");
  expect(items.map((one) => one.id)).toEqual([anna]);
  expect(await passages(program, "club")).toMatchObject([{ status: "exited", reason: "merged" }]);
  window.check();
  await window.close();
});

test("a contact is erased: the running enrollment ends, says so, and names nobody", async () => {
  const { program } = stage;
  await publish(program, "course", { event: "course.booked" }, rest);
  const id = await made(program, { email: "otto@example.com", first_name: "Otto" });
  await report(program, "course.booked", "otto@example.com");
  await until("Otto is inside", async () => (await passages(program, "course"))[0]?.status === "waiting");
  const enrollment = (await passages(program, "course"))[0]?.id ?? "";

  const { window, page } = await signedIn();
  await page.goto(`/contacts/${id}`);
  await page.getByRole("button", { name: "Erase" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase otto@example.com?" });
  await dialog.getByText("This cannot be taken back.").waitFor();
  await dialog.getByRole("button", { name: "Erase" }).click();
  await page.waitForURL((url) => url.pathname === "/contacts");
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
  await page.getByText("otto@example.com").waitFor({ state: "detached" });

  await page.goto(`/enrollments/${enrollment}`);
  await page.getByRole("heading", { level: 1, name: "Erased contact" }).waitFor();
  await page.getByText(/^It has ended: exited.*the contact was erased/).waitFor();
  const steps = page.getByRole("list", { name: "Steps", exact: true });
  await steps.getByRole("listitem").filter({ hasText: "Rest" }).getByText("exited", { exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "To the contact" }).count()).toBe(0);
  expect(await page.content()).not.toContain("otto@");
  window.check();
  await window.close();
});

test("consent is recorded by hand with its source: a no stops the mail, a yes lets it go, and both are audited", async () => {
  const { program } = stage;
  const mail = { type: "email", name: "News", with: { subject: "News", body: "{{ unsubscribe_url }}" } };
  await publish(program, "news", { event: "news.asked" }, { news: mail });
  const id = await made(program, { email: "vera@example.com", first_name: "Vera" });
  const { window, page } = await signedIn();
  const say = async (word: "Subscribed" | "Unsubscribed", source: string) => {
    await page.getByRole("button", { name: "Change consent to marketing mail" }).click();
    const dialog = page.getByRole("dialog", { name: "Consent to marketing mail" });
    await dialog.getByText(word, { exact: true }).click();
    await dialog.getByLabel("Source").fill(source);
    await dialog.getByRole("button", { name: "Record" }).click();
    await page.getByText(`Source: ${source}`).waitFor();
  };
  const untilStep = (status: string) =>
    until(`the mail is ${status}`, async () => {
      const newest = (await passages(program, "news"))[0];
      if (!newest) return false;
      const { steps } = await program.call<Steps>("GET", `/v1/enrollments/${newest.id}`);
      return steps[0]?.status === status;
    });

  await page.goto(`/contacts/${id}`);
  await say("Unsubscribed", "by phone, 2 March");
  await page.getByText("No marketing mail is sent to this contact.").waitFor();
  await report(program, "news.asked", "vera@example.com");
  await untilStep("suppressed");
  await page.getByText(/^News: suppressed/).waitFor();
  await say("Subscribed", "signed at the counter");
  await report(program, "news.asked", "vera@example.com");
  await untilStep("done");
  await page.getByText(/^Message "News" to vera@example\.com: /).waitFor();

  await page.goto("/settings?tab=audit");
  const entry = (source: string) => page.getByRole("row").filter({ hasText: source });
  await entry("by phone, 2 March").getByText("contact.consent").waitFor();
  await entry("signed at the counter").getByText("contact.consent").waitFor();
  window.check();
  await window.close();
});

test("why a contact is not in a workflow: the values seen, the one passage that it had, the pause", async () => {
  const { program } = stage;
  const large = { field: "event.amount", op: "gte", value: 500 };
  const thanks = { thanks: { type: "tag_add", name: "Thank", with: { tag: "thanked" } } };
  await publish(program, "gift", { event: "purchase.completed", where: large }, thanks, { reentry: "once" });
  await publish(program, "lesson", { event: "lesson.booked" }, rest);
  await program.call("POST", "/v1/workflows/lesson/pause", {});
  const id = await made(program, { email: "gus@example.com", first_name: "Gus" });
  const { window, page } = await signedIn();
  await page.goto(`/contacts/${id}`);
  const why = page.getByRole("region", { name: "Why in, why not?" });
  const explain = async (workflow: string) => {
    await why.getByRole("combobox", { name: "Workflow to explain" }).click();
    await page.getByRole("option", { name: workflow, exact: true }).click();
  };

  await report(program, "purchase.completed", "gus@example.com", { amount: 120 });
  await explain("gift");
  await why.getByText("The contact is not inside.").waitFor();
  await why.getByText(/did not meet the conditions/).waitFor();
  await why.getByText("amount = 120 ≥ 500: no").waitFor();
  await report(program, "purchase.completed", "gus@example.com", { amount: 700 });
  await why.getByText(/The contact was here before, on .*, and may enter once only/).waitFor();
  await report(program, "purchase.completed", "gus@example.com", { amount: 900 });
  await why.getByText(/did not enroll: the contact was here before and may enter once only/).waitFor();

  await report(program, "lesson.booked", "gus@example.com");
  await explain("lesson");
  await why.getByText("The contact is inside.").waitFor();
  await why.getByText(/The workflow is paused: it takes people in, and they wait at its start/).waitFor();
  window.check();
  await window.close();
});

test("a segment is made where a condition asks for it, and counted before and after", async () => {
  const { program } = stage;
  for (const who of ["pia", "pit"]) await made(program, { email: `${who}@example.com`, fields: { tier: "gold" } });
  await made(program, { email: "pol@example.com", fields: { tier: "tin" } });
  const { items } = await program.call<{ items: unknown[] }>("GET", "/v1/contacts?limit=500");
  await program.call("PUT", "/v1/workflows/sorted", {
    schema: 1,
    key: "sorted",
    name: "Sorted",
    triggers: [{ id: "asked", event: "sort.asked" }],
    start: "sort",
    nodes: {
      sort: { type: "branch", name: "Sort", with: { branches: [{ id: "gold", when: { tag: "gold" } }] }, next: {} },
    },
  });
  const { window, page } = await signedIn();
  await openBuilder(page, "sorted");
  await page.goto("/workflows/sorted?step=sort");
  const rule = page.getByRole("group", { name: "rule 1" });
  await rule.getByRole("combobox", { name: "What rule 1 asks about" }).click();
  await page.getByRole("option", { name: "Is in the segment" }).click();
  await rule.getByRole("button", { name: "New segment" }).click();
  const dialog = page.getByRole("dialog", { name: "New segment" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Gold members");
  await dialog.getByRole("button", { name: "Add a rule" }).click();
  await dialog.getByRole("combobox", { name: "Field of rule 1" }).fill("contact.tier");
  await page.keyboard.press("Tab");
  await dialog.getByLabel("Value of rule 1").fill("gold");
  const counted = `Matches 2 of ${items.length} contacts`;
  await dialog.getByText(counted).waitFor();
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("complementary").getByText(counted).waitFor();
  await state(page, "Saved").waitFor();
  const asked = { branches: [{ id: "gold", when: { segment: "gold-members" } }] };
  await untilDraft(program, "sorted", "asks for the segment", (drawn) => {
    return JSON.stringify(drawn.nodes?.sort?.with) === JSON.stringify(asked);
  });
  window.check();
  await window.close();
});
