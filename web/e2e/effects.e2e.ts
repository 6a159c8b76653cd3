import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look, signIn, Window } from "./browser";
import { state, untilDraft } from "./builder";
import { until } from "./program";
import { Stage } from "./stage";

const stage = Stage.set();

/** A service that takes a call and breaks off before it answers, until it is mended. */
const service = { mended: false, url: "", keys: [] as string[] };
let server: Server;

beforeAll(async () => {
  server = createServer((request, answer) => {
    request.resume().on("end", () => {
      service.keys.push(keyOf(request));
      if (service.mended) answer.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      else request.socket.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the service has no port");
  service.url = `http://127.0.0.1:${address.port}/order`;
});
afterAll(() => {
  server.close();
});

const keyOf = (request: IncomingMessage) => String(request.headers["idempotency-key"] ?? "");

type Mail = { id: string; subject: string; attachments: { name: string; type: string; size: number }[] };

test("a file that is uploaded at a mail arrives with it, byte for byte", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/guide", {
    schema: 1,
    key: "guide",
    name: "The guide",
    triggers: [{ id: "asked", event: "guide.asked" }],
    start: "send",
    nodes: {
      send: {
        type: "email",
        name: "Send the guide",
        with: { subject: "Your guide", body: "It is attached.", class: "transactional" },
      },
    },
  });
  const guide = Buffer.from("%PDF-1.4\n% a guide with every byte: \u0000\u0001 ä\n".repeat(40), "latin1");
  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto("/workflows/guide?step=send");
  const asked = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Upload a file" }).click();
  await (await asked).setFiles({ name: "guide.pdf", mimeType: "application/pdf", buffer: guide });
  await page.getByText(/^Attached: guide\.pdf \(\d+ kB\)/).waitFor();
  await state(page, "Saved").waitFor();
  await untilDraft(program, "guide", "names the file", (drawn) => {
    return drawn.nodes?.send?.with?.attachments === "guide.pdf";
  });
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish/ });
  await dialog.getByRole("button", { name: "Publish version 1" }).click();
  await dialog.getByText("Version 1 is published.").waitFor();

  await program.call("POST", "/v1/events", { type: "guide.asked", contact: { email: "gina@example.com" } });
  const mails = async () => (await program.call<{ items: Mail[] }>("GET", "/dev/mail?to=gina@example.com")).items;
  await until("the mail has arrived", async () => (await mails()).length > 0);
  const [mail] = await mails();
  expect(mail?.attachments).toEqual([{ name: "guide.pdf", type: "application/pdf", size: guide.length }]);
  const source = await (await fetch(`${program.url}/dev/mail/${mail?.id}`)).text();
  expect(source.replaceAll(/\r?\n/g, "")).toContain(guide.toString("base64"));
  await page.goto("/sink?to=gina@example.com");
  await page
    .getByRole("list", { name: "Attachments" })
    .getByText(/^guide\.pdf \(/)
    .waitFor();
  window.check();
  await window.close();
});

type Effect = { steps: { status: string; effect: { state: string; copies: number } | null }[] };

test("of two calls whose outcome nobody knows one is noted as arrived, the other goes out once more under its key", async () => {
  const { program } = stage;
  await program.call("PUT", "/v1/workflows/orders", {
    schema: 1,
    key: "orders",
    name: "Orders",
    triggers: [{ id: "made", event: "order.made" }],
    start: "order",
    nodes: {
      order: { type: "webhook", name: "Order it", with: { url: service.url }, on_unknown: "skip", next: "done" },
      done: { type: "end" },
    },
  });
  await program.call("POST", "/v1/workflows/orders/publish", {});
  const sent = async (email: string) => {
    await program.call("POST", "/v1/events", { type: "order.made", contact: { email } });
    let id = "";
    await until("nobody knows whether it arrived", async () => {
      const { items } = await program.call<{ items: { id: string }[] }>("GET", `/v1/enrollments?contact=${email}`);
      id = items[0]?.id ?? "";
      return id !== "" && (await stepOf(id))?.status === "unknown";
    });
    return id;
  };
  const stepOf = async (id: string) => (await program.call<Effect>("GET", `/v1/enrollments/${id}`)).steps[0];
  const [arrived, again] = [await sent("una@example.com"), await sent("uno@example.com")];
  expect(new Set(service.keys).size).toBe(2);
  service.mended = true;

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  const doubt = page.getByText("Nobody can know whether it happened");
  const step = page
    .getByRole("list", { name: "Steps", exact: true })
    .getByRole("listitem")
    .filter({ hasText: "Order it" });
  const open = async (id: string) => {
    await page.goto(`/enrollments/${id}?step=order`);
    await step.getByText("unknown", { exact: true }).waitFor();
    await doubt.waitFor();
  };
  await open(arrived);
  await page.getByRole("button", { name: "It arrived" }).click();
  await page
    .getByRole("dialog", { name: "Note that it was carried out?" })
    .getByRole("button", { name: "It arrived" })
    .click();
  await step.getByText("done", { exact: true }).waitFor();
  await doubt.waitFor({ state: "detached" });
  expect(service.keys.length).toBe(2);

  await open(again);
  await page.getByRole("button", { name: "Send again" }).click();
  await page
    .getByRole("dialog", { name: "Carry it out once more?" })
    .getByRole("button", { name: "Send again" })
    .click();
  await step.getByText("done", { exact: true }).waitFor();
  await step.getByText(/It went out 2 times, under one key\./).waitFor();
  expect(service.keys.length).toBe(3);
  expect(service.keys[2]).toBe(service.keys[1]);
  expect(await stepOf(again)).toMatchObject({ status: "done", effect: { state: "done", copies: 2 } });
  window.check();
  await window.close();
});

type Undone = { undone: { node: string }[]; not_undone: { node: string; what: string; reason: string }[] };
type Passage = { id: string; status: string; reason: string | null; steps: { type: string; result: Undone }[] };

test("an undo takes back what it can, and the page says in words what it could not and why", async () => {
  const { program } = stage;
  const put = async (key: string, trigger: Record<string, unknown>, start: string, nodes: Record<string, unknown>) => {
    const definition = { schema: 1, key, name: key, triggers: [{ id: "begins", ...trigger }], start, nodes };
    await program.call("PUT", `/v1/workflows/${key}`, definition);
    await program.call("POST", `/v1/workflows/${key}/publish`, {});
  };
  await put("buying", { event: "thing.bought" }, "hello", {
    hello: {
      type: "email",
      name: "Thank them",
      with: { subject: "Thank you", body: "It is yours.", class: "transactional" },
      next: "tag",
    },
    tag: { type: "tag_add", name: "Tag as buyer", with: { tag: "buyer" }, next: "rest" },
    rest: { type: "wait", name: "Rest", with: { for: "30d" } },
  });
  await put("refund", { event: "thing.returned" }, "back", {
    back: { type: "undo", name: "Take it back", with: { workflow: "buying" } },
  });
  const who = "ulla@example.com";
  const passage = async (workflow: string) => {
    const { items } = await program.call<{ items: { id: string }[] }>("GET", `/v1/enrollments?workflow=${workflow}`);
    return items[0] && (await program.call<Passage>("GET", `/v1/enrollments/${items[0].id}`));
  };
  await program.call("POST", "/v1/events", { type: "thing.bought", contact: { email: who } });
  await until("the buyer waits", async () => (await passage("buying"))?.status === "waiting");
  await program.call("POST", "/v1/events", { type: "thing.returned", contact: { email: who } });
  await until("it is taken back", async () => (await passage("refund"))?.status === "completed");
  const refund = await passage("refund");
  expect((await passage("buying"))?.reason).toBe("undo");
  expect(refund?.steps[0]?.result.undone.map((line) => line.node)).toEqual(["tag"]);
  expect(refund?.steps[0]?.result.not_undone).toMatchObject([{ node: "hello", what: "mail", reason: "sent" }]);

  const window = await Window.open(stage.browser, program.url);
  await signIn(window);
  const { page } = window;
  await page.goto(`/enrollments/${refund?.id}?step=back`);
  const told = page.getByRole("group", { name: "What was taken back" });
  await told
    .getByText(
      "Of 1 enrollment in buying and what came of it, 1 thing was taken back, 1 could not be. 1 enrollment ended by it.",
    )
    .waitFor();
  await told.getByRole("list", { name: "Taken back", exact: true }).getByText("tag buyer").waitFor();
  const left = told.getByRole("list", { name: "Not taken back" }).getByRole("listitem");
  expect(await left.allInnerTexts()).toEqual(["mail: it has gone out and cannot be called back (hello of buying)"]);
  await look(page, "enrollment-undo");
  await left.getByRole("link", { name: "hello" }).click();
  await page.getByText("It has ended: exited at Rest, outcome neutral: another workflow undid it").waitFor();
  window.check();
  await window.close();
});
