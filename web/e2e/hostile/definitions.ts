import { corpus } from "../corpus";
import { filler, type Schema } from "./fill";

const go = (event: string, where?: unknown) => [{ id: "go", event, ...(where !== undefined && { where }) }];
const plain = (text: string) => text.replaceAll("{{", "{").replaceAll("}}", "}");
const every = plain(corpus.join("\n"));

/**
 * A draft with a text in each place of the schema of definitions, of which most are none for it,
 * and a step of every type.
 */
export function fullDraft(schema: Schema & { $defs: Record<string, Schema> }, text: (most: number) => string) {
  const fill = filler(schema, text);
  const drawn = fill(schema) as Record<string, unknown>;
  const nodes = Object.fromEntries(
    Object.entries(schema.$defs)
      .filter(([name]) => name.startsWith("node_"))
      .map(([name, node]) => [name.slice("node_".length), fill(node) as Record<string, unknown>]),
  );
  const types = Object.keys(nodes);
  types.forEach((type, i) => {
    Object.assign(nodes[type] ?? {}, { type, next: types[i + 1] ?? undefined });
  });
  return { ...drawn, schema: 1, key: "draft", name: text(200), start: types[0], nodes, layout: undefined };
}

/** A workflow that carries texts through every kind of effect, and waits for an answer. */
export function flow(service: string, attachment: string) {
  const t = (n: number) => plain(corpus[n % corpus.length] ?? "");
  const named = (n: number, node: Record<string, unknown>) => ({ name: t(n), note: t(n + 1), ...node });
  const onward = (type: string, n: number, settings: unknown, next: string) =>
    named(n, { type, with: settings, next, on_error: "continue" });
  return {
    schema: 1,
    key: "flow",
    name: t(1),
    settings: { description: every, owner: t(2), folder: t(1) },
    triggers: [{ id: "hand", manual: true }],
    exits: [{ id: "out", event: "planted.out", where: { field: "event.why", op: "eq", value: t(1) } }],
    start: "mail",
    nodes: {
      mail: onward(
        "email",
        1,
        {
          subject: `${t(1)} {{ contact.first_name }}`,
          preheader: `${t(2)} {{ contact.last_name }}`,
          html: `<p>${every}</p>{{ contact.first_name }}{{ trigger.text }}`,
          attachments: [attachment],
          class: "transactional",
        },
        "letter",
      ),
      letter: onward("email", 2, { subject: t(3), body: `${every} {{ trigger.text }} {{ unsubscribe_url }}` }, "call"),
      call: onward(
        "webhook",
        3,
        {
          url: `${service}/answer`,
          headers: { "X-Planted": "{{ contact.first_name }}" },
          body: { a: t(1), [t(2)]: t(3) },
          save_as: "said",
        },
        "lost",
      ),
      lost: onward("webhook", 4, { url: `${service}/refuse` }, "text"),
      text: onward(
        "sms",
        5,
        { text: `${t(1)} {{ contact.first_name }}`, to: "+4366012345678", class: "transactional" },
        "chat",
      ),
      chat: onward("slack", 6, { webhook: "secret:chat", text: every }, "note"),
      note: onward("notify", 7, { to: "team@example.com", subject: t(1), body: `${every} {{ trigger.text }}` }, "task"),
      task: onward("task_create", 8, { title: t(2), body: every, assignee: t(1) }, "deal"),
      deal: onward("deal_create", 9, { pipeline: "board", title: t(1), owner: t(2) }, "tag"),
      tag: onward("tag_add", 10, { tag: t(1) }, "field"),
      field: onward("field_set", 11, { field: "contact.noted", value: t(1) }, "tell"),
      tell: onward("emit", 1, { event: "planted.passed", data: { why: t(1), [t(2)]: "{{ vars.said.text }}" } }, "sort"),
      sort: named(2, {
        type: "branch",
        with: { branches: [{ id: "yes", when: { field: "contact.planted", op: "eq", value: t(1) } }] },
        next: { yes: "ask", else: "ask" },
      }),
      ask: named(3, {
        type: "approval",
        with: {
          to: "boss@example.com",
          subject: `${t(1)} {{ contact.first_name }}`,
          body: `${every} {{ trigger.text }}`,
          timeout: "5d",
        },
        next: { approved: "rest", rejected: "rest", timeout: "rest" },
      }),
      rest: named(4, { type: "hold", with: { reason: t(1) } }),
    },
    tests: [
      {
        name: t(1),
        trigger: { type: "planted.told", data: { text: t(1) } },
        expect: { outcome: "failed", path: ["mail"] },
      },
    ],
  };
}

/** Takes each event of the rounds in, and fails with what the service says. */
export const broken = (service: string) => ({
  schema: 1,
  key: "broken",
  name: plain(corpus[2] ?? ""),
  triggers: go("planted.told", { field: "event.none", op: "ne", value: plain(corpus[1] ?? "") }),
  start: "call",
  nodes: { call: { type: "webhook", name: plain(corpus[1] ?? ""), with: { url: `${service}/refuse` } } },
});

/** Takes none of them, because of a text. */
export const picky = {
  schema: 1,
  key: "picky",
  name: plain(corpus[3] ?? ""),
  triggers: go("planted.told", { field: "event.text", op: "eq", value: `${plain(corpus[1] ?? "")} not this` }),
  start: "rest",
  nodes: { rest: { type: "hold", name: "Rest", with: { reason: "none" } } },
};
