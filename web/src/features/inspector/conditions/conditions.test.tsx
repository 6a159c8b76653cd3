import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { useState } from "react";
import { beforeEach, expect, test } from "vitest";
import { show } from "@/test/render";
import type { Calls } from "@/test/server";
import { problem, serveForms } from "../testing";
import { ConditionEditor } from "./ConditionEditor";
import { operatorsFor, ruleOf, viewOf, withOperator, withRule } from "./rules";

const path = (name: string, type: string) => ({ path: name, label: name, type, sample: null, source: "contact" });
const ana = { id: "c1", first_name: "Ana", last_name: "Berg", email: "ana@example.com", external_id: null };
let calls: Calls = [];

beforeEach(() => {
  localStorage.clear();
  calls = serveForms({
    "GET /v1/contacts": () => ({ items: [ana], next: null }),
    "GET /v1/workflows/:key/paths": () => ({
      items: [path("contact.plan", "text"), path("contact.score", "number"), path("contact.renewal", "date")],
    }),
    "POST /v1/preview/condition": () => ({
      problems: [],
      contact: { result: false, values: [], why: "no, because plan = free" },
      matches: { count: 1204, of: 5000, looked: 5000, exact: true },
      not_counted: null,
    }),
  });
});

function open(start: unknown, problems = [] as ReturnType<typeof problem>[]) {
  const seen: { value: unknown } = { value: start };
  function Holder() {
    const [value, setValue] = useState(start);
    return (
      <ConditionEditor
        label="When"
        value={value}
        context={{ workflow: "welcome" }}
        problems={problems}
        onChange={(next) => {
          seen.value = next;
          setValue(next);
        }}
      />
    );
  }
  show(<Holder />);
  return seen;
}

async function choose(box: string, option: string) {
  await userEvent.click(screen.getByRole("combobox", { name: box }));
  await userEvent.click(await screen.findByRole("option", { name: option, hidden: true }));
}

test("a rule is built in words, with operators and values of the type of its field", async () => {
  const seen = open(undefined);
  await userEvent.click(screen.getByRole("button", { name: "Add a rule" }));
  await userEvent.type(screen.getByRole("combobox", { name: "Field of rule 1" }), "contact.score");
  await choose("Operator of rule 1", "is at least");
  await userEvent.type(screen.getByRole("textbox", { name: "Value of rule 1" }), "40");
  expect(seen.value).toEqual({ field: "contact.score", op: "gte", value: 40 });
});

test("another rule makes a group, which is joined, turned round and left again", async () => {
  const seen = open({ tag: "vip" });
  await userEvent.click(screen.getByRole("button", { name: "Add another rule" }));
  expect(seen.value).toEqual({ all: [{ tag: "vip" }, { field: "", op: "eq" }] });
  await choose("How the rules of the condition are joined", "None of these is true");
  expect(seen.value).toEqual({ not: { any: [{ tag: "vip" }, { field: "", op: "eq" }] } });
  await userEvent.click(screen.getByRole("button", { name: "Move rule 2 up" }));
  await userEvent.click(screen.getByRole("button", { name: "Remove rule 1" }));
  await userEvent.click(screen.getByRole("button", { name: "not: turn rule 1 round" }));
  expect(seen.value).toEqual({ not: { any: [{ not: { tag: "vip" } }] } });
  await userEvent.click(screen.getByRole("button", { name: "Remove the condition" }));
  expect(seen.value).toBeUndefined();
});

test("what a contact did, how often and since when", async () => {
  const seen = open({ did: "purchase.completed" });
  await userEvent.type(screen.getByRole("textbox", { name: "How often in rule 1" }), "3");
  await choose("When, in rule 1", "within the last");
  expect(seen.value).toEqual({ did: "purchase.completed", count: { gte: 3 }, within: "30d" });
  await choose("When, in rule 1", "since the enrollment started");
  expect(seen.value).toEqual({ did: "purchase.completed", count: { gte: 3 }, since: "enrollment" });
});

test("the server says what it means for a contact and for all", async () => {
  open({ field: "contact.plan", op: "eq", value: "pro" });
  expect(await screen.findByText("Matches 1,204 of 5,000 contacts")).toBeTruthy();
  expect(screen.getByText(/no, because plan = free/).textContent).toBe("For Ana Berg: no, because plan = free");
  await waitFor(
    () =>
      expect(calls.filter((c) => c.call.endsWith("/preview/condition")).at(-1)?.body).toMatchObject({ contact: "c1" }),
    { timeout: 5_000 },
  );
});

test("typing asks the server once it rests, not at each key", async () => {
  open({ field: "contact.plan", op: "eq", value: "" });
  await userEvent.type(screen.getByRole("combobox", { name: "Value of rule 1" }), "professional");
  await screen.findByText("Matches 1,204 of 5,000 contacts");
  expect(calls.filter((c) => c.call.endsWith("/preview/condition")).length).toBeLessThan(6);
});

test("a problem stands at the rule that it is about", () => {
  open({ all: [{ tag: "a" }, { field: "contact.x", op: "eq" }] }, [problem("/all/1", "the rule has no value")]);
  const rule = screen.getByRole("group", { name: "rule 2" });
  expect(within(rule).getByText(/the rule has no value/)).toBeTruthy();
});

test("an operator that takes another kind of value drops the old one", () => {
  const rule = { field: "contact.plan", op: "eq", value: "pro" };
  expect(withOperator(rule, "ne", "text")).toEqual({ ...rule, op: "ne" });
  expect(withOperator(rule, "exists", "text")).toEqual({ field: "contact.plan", op: "exists" });
  expect(withOperator(rule, "in", "text")).toEqual({ field: "contact.plan", op: "in" });
  expect(operatorsFor("list", "eq").map((o) => o.value)).toContain("eq");
});

test("drawing a condition and writing it back changes nothing", () => {
  const leaf = fc.oneof(
    fc.record({ field: fc.string({ minLength: 1 }), op: fc.constant("eq"), value: fc.string() }),
    fc.record({ tag: fc.string() }),
    fc.record({ did: fc.string(), count: fc.constant({ gte: 2 }) }),
    fc.constant({ strange: 1 }),
  );
  const { rule } = fc.letrec((tie) => ({
    rule: fc.oneof({ depthSize: "small" }, leaf, tie("all"), tie("any"), tie("not")),
    all: fc.record({ all: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) }),
    any: fc.record({ any: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) }),
    not: fc.record({ not: tie("rule") }),
  }));
  fc.assert(
    fc.property(rule, (value) => {
      expect(ruleOf(viewOf(value, ""))).toEqual(value);
    }),
  );
  expect(withRule({ any: [{ tag: "a" }] }, { tag: "b" })).toEqual({ any: [{ tag: "a" }, { tag: "b" }] });
});
