import { expect } from "vitest";
import { corpus } from "../corpus";
import { type Program, until } from "../program";
import { broken, flow, fullDraft, picky } from "./definitions";
import type { Schema } from "./fill";
import { kept, type Needs, type Round } from "./operations";
import { type Document, plant, type Write, writes } from "./plant";

/** Where the texts are: what the places of the page are opened for. */
export type World = { rounds: Round[]; job: string; document: Document; planted: Map<string, number> };

type Listed<T> = { items: T[] };
type Named = { id: string };

/** Gives the texts in turn, beginning with the n-th; one that is too long makes way for the next that fits. */
function turn(n: number): (most: number) => string {
  let i = n;
  return (most) => {
    const fitting = corpus.filter((text) => text.length <= most);
    return fitting[i++ % fitting.length] ?? "";
  };
}

/** Makes one round of everything, with the n-th text first. */
async function round(program: Program, document: Document, n: number, planted: Map<string, number>): Promise<Round> {
  const text = corpus[n] ?? "";
  const made: Round = {
    n,
    text: text.slice(0, 85),
    email: `planted-${n}@example.com`,
    ...{ contact: "", deal: "", task: "", channel: "", apiKey: "", enrollment: "", send: "" },
  };
  const all = new Map(writes(document, turn(n)).map((write) => [write.id, write]));
  for (const [id, needs] of Object.entries(kept)) {
    const write = all.get(id);
    const need = needs(made);
    if (!write || !need) continue;
    const { path, body } = at(write, need);
    const instead = { ...write.example, ...need.instead, ...need.body };
    const { answer, refused } = await plant<Named>(program, { method: write.method, path, body }, instead);
    planted.set(id, Math.max(planted.get(id) ?? 0, write.texts - refused.length));
    if (id === "createContact") made.contact = answer.id;
    if (id === "createDeal") made.deal = answer.id;
    if (id === "createTask") made.task = answer.id;
    if (id === "createAlarmChannel") made.channel = answer.id;
    if (id === "createApiKey") made.apiKey = answer.id;
    if (id === "createTag") await tag(program, made);
    if (id === "enrollContacts") await inside(program, made);
  }
  return made;
}

function at(write: Write, need: Needs) {
  const body = { ...write.body };
  for (const [key, value] of Object.entries(need.body ?? {})) {
    if (value === undefined) delete body[key];
    else body[key] = value;
  }
  const path = write.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(need.path?.[name] ?? name));
  return { path, body };
}

async function tag(program: Program, made: Round) {
  await program.call("PUT", `/v1/contacts/${made.contact}/tags/${encodeURIComponent(`${made.n} ${made.text}`)}`);
}

/** Waits until the contact stands where somebody is asked, and notes its enrollment and its mail. */
async function inside(program: Program, made: Round) {
  type Enrollment = Named & { node: string | null; status: string };
  await until(`${made.email} waits for an answer`, async () => {
    const path = `/v1/enrollments?workflow=flow&contact=${made.contact}`;
    const answer = await program.ask("GET", path);
    if (!answer.ok) return false; // busy
    const [one] = ((await answer.json()) as Listed<Enrollment>).items;
    made.enrollment = one?.id ?? "";
    return one?.status === "waiting";
  });
  const sends = await program.call<Listed<Named>>("GET", `/v1/sends?enrollment=${made.enrollment}`);
  made.send = sends.items[0]?.id ?? "";
}

/** Plants the texts wherever the documents of the API and of definitions take one. */
export async function plantAll(program: Program, service: string): Promise<World> {
  const document = await program.call<Document>("GET", "/openapi.json");
  const schema = await program.call<Schema & { $defs: Record<string, Schema> }>("GET", "/v1/schema");
  const draft = fullDraft(schema, turn(0));
  await program.call("PUT", "/v1/workflows/draft", draft);
  await program.call("PUT", "/v1/secrets/chat", { value: `${service}/refuse` });
  const stages = corpus.map((name, n) => ({ key: `s${n}`, name, kind: "open" }));
  await program.call("POST", "/v1/pipelines", { key: "board", name: corpus[1], stages });
  const attachment = await upload(program, "planted.html");
  const whole = flow(service, attachment);
  for (const one of [{ ...whole, tests: [] }, broken(service), picky]) {
    await program.call("PUT", `/v1/workflows/${one.key}`, one);
    await program.call("POST", `/v1/workflows/${one.key}/publish`, {});
  }
  await program.call("PUT", "/v1/workflows/flow", whole); // its test fails, and would keep it from being published
  const planted = new Map<string, number>();
  const rounds: Round[] = [];
  for (let n = 0; n < corpus.length; n += 3) {
    const some = corpus.slice(n, n + 3).map((_, i) => round(program, document, n + i, planted));
    rounds.push(...(await Promise.all(some)));
  }
  return { rounds, job: await importRows(program), document, planted };
}

/** Stores a file that is a page of texts. A name takes none of them. */
async function upload(program: Program, name: string): Promise<string> {
  const sent = (given: string) => {
    const form = new FormData();
    form.set("name", given);
    form.set("file", new Blob([corpus.join("\n")], { type: "text/html" }), name);
    return program.ask("POST", "/v1/files", form);
  };
  for (const text of corpus) expect((await sent(text)).status, text).toBe(422);
  expect((await sent(name)).status).toBe(201);
  return name;
}

/** Imports rows with texts in their cells, good and bad ones; in the names of columns they are refused. */
async function importRows(program: Program): Promise<string> {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const table = (column: string) => {
    const header = ["email", "first_name", "fields.noted", column].map(cell).join(",");
    const good = corpus.map((text, n) => [`row-${n}@example.com`, text, text, text].map(cell).join(","));
    const bad = corpus.map((text) => [text, text, text, text].map(cell).join(","));
    return [header, ...good, ...bad].join("\n");
  };
  const sent = (column: string) => program.ask("POST", "/v1/contacts/import", table(column), "text/csv");
  for (const text of corpus) expect((await sent(text)).status, text).toBe(422);
  return ((await (await sent("tags")).json()) as Named).id;
}
