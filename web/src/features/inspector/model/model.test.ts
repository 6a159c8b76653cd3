import fc from "fast-check";
import { expect, test } from "vitest";
import { definitionSchema, specs } from "../testing";
import { choicesOf, fieldsOf, kindOf, type Schema } from "./schema";
import { takeWay, visibleKeys, wayTaken } from "./visible";

const schemaOf = (type: string) => specs.find((s) => s.type === type)?.schema as Schema;

test("choices are read from oneOf and anyOf", () => {
  expect(choicesOf(schemaOf("wait"))).toEqual([{ ways: [["for"], ["random"]], required: true }]);
  expect(choicesOf(schemaOf("email"))[0]?.ways).toEqual([["template"], ["subject", "body"], ["subject", "html"]]);
  expect(choicesOf(schemaOf("webhook"))).toEqual([]);
});

test("the way taken is the one that is there whole", () => {
  const [email] = choicesOf(schemaOf("email"));
  if (!email) throw new Error("email has no choice");
  expect(wayTaken(email, { subject: "x" })).toBe(-1);
  expect(wayTaken(email, { subject: "x", html: "y" })).toBe(2);
  expect(wayTaken(email, { template: "x" })).toBe(0);
});

test("the trigger's condition is offered beside an event only", () => {
  const trigger = definitionSchema.properties?.triggers?.items as Schema;
  const ways = choicesOf(trigger)[0]?.ways.map((way) => way[0]) ?? [];
  const shown = (type: string) => [...visibleKeys(trigger, {}, [ways.indexOf(type)])].sort();
  expect(shown("event")).toEqual(["event", "id", "where"]);
  expect(shown("schedule")).toEqual(["id", "schedule"]);
  const where = { tag: "vip" };
  const left = takeWay(trigger, { id: "a", event: "x.y", where }, [ways.indexOf("schedule")], {});
  expect(left.values).toEqual({ id: "a", schedule: {} });
  expect(takeWay(trigger, left.values, [ways.indexOf("event")], left.shelf).values).toEqual({
    id: "a",
    event: "x.y",
    where,
  });
});

test("going to another way and back changes nothing, whatever was typed", () => {
  const withChoice = specs.filter((s) => choicesOf(s.schema as Schema).length === 1);
  expect(withChoice.length).toBeGreaterThan(5);
  fc.assert(
    fc.property(fc.constantFrom(...withChoice), fc.nat(), fc.nat(), fc.string({ minLength: 1 }), (spec, a, b, text) => {
      const schema = spec.schema as Schema;
      const [choice] = choicesOf(schema);
      const ways = choice?.ways ?? [];
      const here = a % ways.length;
      const there = b % ways.length;
      const start = Object.fromEntries((ways[here] ?? []).map((key) => [key, text]));
      const gone = takeWay(schema, start, [there], {});
      const back = takeWay(schema, gone.values, [here], gone.shelf);
      expect(back.values).toEqual(start);
    }),
  );
});

test("every field of every type has a kind, and its label is not its key", () => {
  for (const spec of specs) {
    for (const field of fieldsOf(spec.schema as Schema)) {
      expect(kindOf(field.schema)).toBeTruthy();
      expect(field.label, `${spec.type}.${field.key}`).not.toBe(field.key);
    }
  }
});
