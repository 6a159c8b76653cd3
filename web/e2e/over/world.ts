import { fullDraft } from "../hostile/definitions";
import type { Schema } from "../hostile/fill";
import { type Program, until } from "../program";

/** Rules within groups within groups: every kind of rule, and every way to join them. */
const nested = {
  all: [
    { field: "contact.plan", op: "eq", value: "pro" },
    { any: [{ tag: "vip" }, { not: { any: [{ field: "contact.renews", op: "before", value: "2027-01-01" }] } }] },
    { not: { all: [{ did: "purchase.completed", within: "30d", count: { gte: 2 } }] } },
    { segment: "vips" },
  ],
};

const course = (length: string) => ({
  schema: 1,
  key: "course",
  name: "Course",
  triggers: [{ id: "joined", event: "course.joined" }],
  start: "rest",
  nodes: {
    rest: { type: "wait", name: "Rest", note: "It was too long", with: { for: length }, next: "which" },
    which: {
      type: "branch",
      name: "Which way",
      with: { branches: [{ id: "yes", when: nested }] },
      next: { yes: "one", else: "other" },
    },
    one: { type: "tag_add", name: "One", with: { tag: "one" }, next: "done" },
    other: { type: "tag_add", name: "Other", with: { tag: "other" }, next: "done" },
    done: { type: "end", with: { outcome: "success" } },
  },
});

/** A draft with a step of every type, each with something in all of its settings. */
export async function every(program: Program) {
  const schema = await program.call<Schema & { $defs: Record<string, Schema> }>("GET", "/v1/schema");
  return { ...fullDraft(schema, () => "something"), key: "every", name: "Every step" };
}

/**
 * Makes a workflow with a step of every type, one with people who would go on at once by its draft,
 * and what dialogs need beside them. The types of the steps come back.
 */
export async function fillOver(program: Program): Promise<string[]> {
  const draft = await every(program);
  await program.call("PUT", "/v1/workflows/every", draft);
  await program.call("POST", "/v1/segments", { key: "vips", name: "Dear to us", filter: { tag: "vip" } });
  await program.call("PUT", "/v1/workflows/course", course("9d"));
  await program.call("POST", "/v1/workflows/course/publish", {});
  await program.call("PUT", "/v1/workflows/course", course("8d"));
  await program.call("POST", "/v1/workflows/course/publish", {});
  for (const who of ["hal", "ida"])
    await program.call("POST", "/v1/events", { type: "course.joined", contact: { email: `${who}@example.com` } });
  await until("both are inside", async () => {
    const { items } = await program.call<{ items: { status: string }[] }>("GET", "/v1/enrollments?workflow=course");
    return items.filter((one) => one.status === "waiting").length === 2;
  });
  await program.call("PUT", "/v1/workflows/course", course("1s"));
  return Object.keys(draft.nodes);
}
