import { expect, test } from "vitest";
import { signIn, Window } from "./browser";
import { openBuilder } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

type Enrollments = { items: { workflow: string; status: string }[] };
type Mails = { items: { subject: string }[] };

test("a workflow is paused with people inside: nothing goes out, and when it is resumed they go on", async () => {
  const { program } = stage;
  const people = ["mia@example.com", "noa@example.com"];
  // Two that are alike; the one that is not paused tells when a mail would have gone out.
  for (const key of ["launch", "other"]) {
    await program.call("PUT", `/v1/workflows/${key}`, {
      schema: 1,
      key,
      name: key === "launch" ? "Launch" : "Other",
      triggers: [{ id: "joined", event: "list.joined" }],
      start: "until",
      nodes: {
        until: {
          type: "wait_event",
          name: "Until the start",
          with: { events: [{ id: "go", event: "shop.opened" }], forever: true },
          next: { go: "tell" },
        },
        tell: {
          type: "email",
          name: "Tell them",
          with: { subject: `From ${key}`, body: "We are open.", class: "transactional" },
          next: "done",
        },
        done: { type: "end", with: { outcome: "success" } },
      },
    });
    await program.call("POST", `/v1/workflows/${key}/publish`, {});
  }
  const all = async () => (await program.call<Enrollments>("GET", "/v1/enrollments")).items;
  const mails = async (subject: string) =>
    (await program.call<Mails>("GET", "/dev/mail?limit=100")).items.filter((m) => m.subject === subject).length;
  for (const email of people) await program.call("POST", "/v1/events", { type: "list.joined", contact: { email } });
  await until("all wait", async () => (await all()).filter((e) => e.status === "waiting").length === 4);

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await openBuilder(page, "launch");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Pause …" }).click();
  const pausing = page.getByRole("dialog", { name: "Pause “Launch”" });
  await pausing.getByText("Inside now: 2 waiting.").waitFor();
  await pausing.getByRole("button", { name: "Pause", exact: true }).click();
  const banner = page.getByRole("status").filter({ hasText: /^Paused\. By / });
  await banner.getByText("Waits go on meanwhile.").waitFor();

  for (const email of people) await program.call("POST", "/v1/events", { type: "shop.opened", contact: { email } });
  await until("the other workflow has written", async () => (await mails("From other")) === 2);
  expect(await mails("From launch")).toBe(0);
  const inside = (await all()).filter((e) => e.workflow === "launch");
  expect(inside.map((e) => e.status)).toEqual(["paused", "paused"]);

  await banner.getByRole("button", { name: "Resume …" }).click();
  const resuming = page.getByRole("dialog", { name: "Resume “Launch”" });
  await resuming.getByText(/^Inside now: /).waitFor();
  await resuming.getByLabel("Now").check();
  await resuming.getByRole("button", { name: "Resume", exact: true }).click();
  await banner.waitFor({ state: "detached" });
  await until("the paused workflow has written", async () => (await mails("From launch")) === 2);
  await until("everybody has completed", async () => (await all()).every((e) => e.status === "completed"));
  window.check();
  await window.close();
});
