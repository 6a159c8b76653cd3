import { type Program, until } from "./program";

/** The answers of the API that the story reads. */
export type NodeFigures = {
  node: string;
  title: string;
  entries: number;
  active_now: number;
  done: number;
  failed: number;
  lost: number;
  drop_off: number | null;
  ports: Record<string, number>;
  mail?: { sent: number };
};
export type Analytics = {
  enrolled: number;
  active_now: number;
  finished: number;
  completed: number;
  completion_rate: number | null;
  error_rate: number | null;
  steps: number;
  errors: number;
  drop_off: { node: string; title: string; words: string } | null;
  time_to_completion: { avg_s: number | null; p50_s: number | null; p90_s: number | null };
  lateness_s: { p50: number | null };
  saved: { hours: number; amount: number };
  throughput: { enrollments_per_day: number | null; steps_per_day: number | null };
  series: { date: string; enrolled: number; finished: number; completed: number; steps: number; errors: number }[];
  nodes: NodeFigures[];
  versions: { version: number; enrolled: number; completion_rate: number | null; error_rate: number | null }[];
};

/** What the story did: who came, answered, declined, and is left waiting. */
export const did = { came: 8, answered: 3, declined: 3, waiting: 2 } as const;

const drawn = (greeting: string, nowhere: string) => ({
  schema: 1,
  key: "leads",
  name: "Leads",
  settings: { manual_minutes: 15 },
  triggers: [{ id: "asked", event: "form.submitted" }],
  exits: [{ id: "declined", event: "lead.declined", outcome: "neutral" }],
  start: "hello",
  nodes: {
    hello: {
      type: "email",
      name: "Say hello",
      with: { subject: greeting, body: "Shall we talk?", class: "transactional" },
      next: "answer",
    },
    answer: {
      type: "wait_event",
      name: "Wait for the answer",
      with: { events: [{ id: "said", event: "lead.answered" }], timeout: "3d" },
      next: { said: "size", timeout: "late" },
    },
    late: { type: "end", name: "No answer", with: { outcome: "neutral" } },
    size: {
      type: "branch",
      name: "Large customer",
      with: { branches: [{ id: "large", when: { field: "trigger.size", op: "gte", value: 10 } }] },
      next: { large: "book", else: "tag" },
    },
    // Answered with 404: a step that fails for good, and passes on.
    book: { type: "webhook", name: "Book a call", with: { url: nowhere }, on_error: "continue", next: { ok: "done" } },
    tag: { type: "tag_add", name: "Tag as small", with: { tag: "small" }, next: "done" },
    done: { type: "end", name: "All done" },
  },
});

/** Publishes the workflow `leads` and carries people through it; a second version takes one more. */
export async function peopled(program: Program): Promise<void> {
  const nowhere = `${program.url}/v1/nowhere`;
  const tell = (type: string, who: string, data = {}) =>
    program.call("POST", "/v1/events", { type, contact: { email: `${who}@example.com` }, data });
  const standing = (node: string, status: string, n: number) =>
    until(`${n} are ${status} at ${node}`, async () => {
      const path = `/v1/enrollments?workflow=leads&node=${node}&status=${status}&limit=100`;
      return (await program.call<{ items: unknown[] }>("GET", path)).items.length === n;
    });
  await program.call("PUT", "/v1/workflows/leads", drawn("Hello", nowhere));
  await program.call("POST", "/v1/workflows/leads/publish", {});
  const people = ["ann", "bea", "cid", "dan", "eve", "fay", "gus", "hal"];
  for (const who of people) await tell("form.submitted", who, { size: who === "ann" ? 20 : 1 });
  await standing("answer", "waiting", did.came);
  for (const who of people.slice(0, did.answered)) await tell("lead.answered", who);
  for (const who of people.slice(did.answered, did.answered + did.declined)) await tell("lead.declined", who);
  await standing("done", "completed", did.answered);
  await standing("answer", "exited", did.declined);
  await standing("answer", "waiting", did.waiting);
  await program.call("PUT", "/v1/workflows/leads", drawn("Hello again", nowhere));
  await program.call("POST", "/v1/workflows/leads/publish", {});
  await tell("form.submitted", "ida", { size: 1 });
  await standing("answer", "waiting", did.waiting + 1);
}
