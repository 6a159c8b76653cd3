import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, settled, signIn, Window } from "./browser";
import { corpus } from "./corpus";
import { Program, until } from "./program";
import { tellingWhenFailed } from "./telling";

let program: Program;
let browser: Browser;
tellingWhenFailed(() => ({ program, browser }));
beforeAll(async () => {
  [program, browser] = await Promise.all([Program.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await program?.close();
});

/** Writes a text into every place that takes one, and returns the pages that show it. */
async function plant(text: string, n: number): Promise<string[]> {
  const key = `planted-${n}`;
  const email = `planted-${n}@example.com`;
  const contact = await program.call<{ id: string }>("POST", "/v1/contacts", {
    email,
    external_id: `${n} ${text}`.slice(0, 200),
    first_name: text,
    last_name: text,
    country: text.slice(0, 100),
    fields: { planted: text },
  });
  await program
    .call("PUT", `/v1/contacts/${contact.id}/tags/${encodeURIComponent(`${n} ${text}`.slice(0, 90))}`)
    .catch(() => null);
  await program.call("POST", "/v1/pipelines", { key, name: text, stages: [{ key: "new", name: text, kind: "open" }] });
  await program.call("POST", "/v1/deals", { title: text, pipeline: key, contact: contact.id, owner: text });
  await program.call("POST", "/v1/tasks", { title: text, body: text });
  await program.call("POST", "/v1/courses", { key, name: text });
  await program.call("PUT", `/v1/workflows/${key}`, {
    schema: 1,
    key,
    name: text,
    settings: { description: text, owner: text, folder: text },
    triggers: [{ id: "go", event: `planted.n${n}` }],
    start: "ask",
    nodes: {
      ask: {
        type: "branch",
        name: text,
        note: text,
        with: {
          branches: [{ id: "yes", when: { field: "contact.planted", op: "eq", value: text.replaceAll("{{", "{") } }],
        },
        next: { yes: "rest", else: "rest" },
      },
      rest: { type: "hold", name: text, with: { reason: text } },
    },
  });
  await program.call("POST", `/v1/workflows/${key}/publish`, {});
  await program.call("POST", "/v1/events", {
    type: `planted.n${n}`,
    contact: { email },
    data: { text, [text.slice(0, 40)]: text },
  });
  let enrollment = "";
  await until("the enrollment is held", async () => {
    const list = await program.call<{ items: { id: string; status: string }[] }>(
      "GET",
      `/v1/enrollments?workflow=${key}`,
    );
    enrollment = list.items[0]?.id ?? "";
    return list.items[0]?.status === "held";
  });
  return [`/workflows/${key}`, `/enrollments/${enrollment}`, `/contacts/${contact.id}`, `/pipelines?pipeline=${key}`];
}

test("no text that somebody stored is run anywhere", async () => {
  const window = await Window.open(browser, program.url);
  const run: string[] = [];
  await window.context.exposeFunction("xss", () => {
    run.push(window.page.url());
  });
  await signIn(window);
  const own = (await Promise.all(corpus.map(plant))).flat();
  const html = corpus.join("\n");
  await program.call("POST", "/v1/email-templates", {
    key: "planted",
    name: corpus[1],
    subject: corpus[1],
    html,
    text: html,
  });
  const lists = [
    "/workflows",
    "/enrollments",
    "/contacts",
    "/events",
    "/pipelines",
    "/mail",
    "/mail/planted",
    "/settings?tab=audit",
    "/sink",
  ];
  for (const path of [...lists, ...own]) {
    await window.page.goto(path);
    await settled(window.page);
  }
  expect(run).toEqual([]);
  // The sandboxed frame of a mail refuses what the mail tries, and says so; nothing of that is ours.
  window.forgive(/\/frame|srcdoc|Blocked script execution|sandboxed/);
  window.check();
  await window.close();
});
