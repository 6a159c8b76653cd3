import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addTrigger,
  blockOf,
  copySteps,
  type Definition,
  ENTRY,
  edgesOf,
  graphOf,
  insertStep,
  keepable,
  moveStep,
  newNode,
  nodesOf,
  pasteSteps,
  removeStep,
  setDisabled,
  wiringOf,
} from "..";
import { someSpecs as specs } from "../fixtures";
import { act, acts, grown, pick, slots, types, unlessRefused } from "../growing";

const reachable = (definition: Definition) => graphOf(definition, specs).reachable;

function expectSound(definition: Definition) {
  const nodes = nodesOf(definition);
  for (const [id, node] of Object.entries(nodes)) {
    expect(id).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
    for (const to of Object.values(wiringOf(node, specs))) expect(nodes).toHaveProperty(to);
  }
  if (definition.start !== undefined) expect(nodes).toHaveProperty(definition.start);
}

function expectNoneLost(before: Definition, after: Definition) {
  const now = reachable(after);
  expect([...reachable(before)].filter((id) => !now.has(id))).toEqual([]);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) frozen(one);
  }
  return value;
}

const check = <T>(arbitrary: fc.Arbitrary<T>, rule: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, rule), { numRuns: 200 });

describe("edits of any definition", () => {
  it("keep every target existing and change nothing in place", () => {
    check(fc.tuple(grown, acts), ([definition, more]) => {
      let now = frozen(definition);
      for (const one of more) {
        now = frozen(act(now, one));
        expectSound(now);
      }
    });
  });

  it("lose no reachable step by inserting, moving, pasting and duplicating", () => {
    const kinds = fc.constantFrom("insert", "duplicate", "move", "paste");
    check(fc.tuple(grown, kinds, fc.nat(999), fc.nat(999)), ([definition, kind, a, b]) => {
      const after = act(definition, [kind, a, b]);
      expectNoneLost(definition, after);
      expect(Object.keys(nodesOf(after))).toEqual(expect.arrayContaining(Object.keys(nodesOf(definition))));
    });
  });

  it("lose nothing of the document by connecting and disconnecting", () => {
    check(fc.tuple(grown, fc.constantFrom("connect", "cut"), fc.nat(999), fc.nat(999)), ([definition, kind, a, b]) => {
      const after = act(definition, [kind, a, b]);
      expect(Object.keys(nodesOf(after))).toEqual(Object.keys(nodesOf(definition)));
    });
  });

  it("insert then remove is the same definition", () => {
    check(fc.tuple(grown, fc.nat(999), fc.constantFrom(...types)), ([definition, a, type]) => {
      const slot = pick(slots(definition), a) ?? ENTRY;
      const spec = specs.get(type);
      if (!spec) return;
      const made = unlessRefused(() => insertStep(definition, specs, slot, newNode(spec)));
      if (made) expect(removeStep(made.definition, specs, made.ids[0] ?? "")).toEqual(definition);
    });
  });

  it("paste adds every copied step once, under an id of its own", () => {
    check(fc.tuple(grown, fc.nat(999), fc.nat(999)), ([definition, a, b]) => {
      const slot = pick(slots(definition), a) ?? ENTRY;
      const id = pick(graphOf(definition, specs).order, b);
      if (id === undefined || !(slot === ENTRY || reachable(definition).has(slot.from))) return;
      const clip = copySteps(definition, specs, id, "block");
      const made = unlessRefused(() => pasteSteps(definition, specs, slot, clip));
      if (!made) return;
      expect(made.ids).toHaveLength(Object.keys(clip.nodes).length);
      expect(new Set(made.ids).size).toBe(made.ids.length);
    });
  });

  it("a move takes the block along as it is, and moving it nowhere changes nothing", () => {
    check(fc.tuple(grown, fc.nat(999)), ([definition, b]) => {
      const graph = graphOf(definition, specs);
      const id = pick(graph.order, b);
      if (id === undefined) return;
      const into = graph.incoming.get(id)?.find((edge) => !blockOf(graph, id).ids.includes(edge.from));
      if (into) expect(moveStep(definition, specs, id, into)).toBe(definition);
    });
  });

  it("removing a step keeps what the kept port led to", () => {
    check(fc.tuple(grown, fc.nat(999), fc.nat(999)), ([definition, a, b]) => {
      const graph = graphOf(definition, specs);
      const id = pick(graph.order, b);
      if (id === undefined || !graph.reachable.has(id)) return;
      const keep = pick(keepable(definition, specs, id), a);
      const to = graph.ports.get(id)?.find((port) => port.port === keep)?.to;
      const after = removeStep(definition, specs, id, keep);
      expect(nodesOf(after)).not.toHaveProperty(id);
      if (to !== undefined && to !== id) expect(reachable(after)).toContain(to);
    });
  });

  it("shares what it does not change", () => {
    check(grown, (definition) => {
      const id = graphOf(definition, specs).order[0];
      if (id === undefined) return;
      const after = setDisabled(definition, id, true);
      expect(after.settings).toBe(definition.settings);
      for (const [other, node] of Object.entries(nodesOf(after))) {
        if (other !== id) expect(node).toBe(nodesOf(definition)[other]);
      }
      expect(addTrigger(after, { manual: true }).definition.nodes).toBe(after.nodes);
    });
  });

  it("lists every edge once", () => {
    check(grown, (definition) => {
      const wired = Object.values(nodesOf(definition)).flatMap((node) => Object.keys(wiringOf(node, specs)));
      expect(edgesOf(graphOf(definition, specs))).toHaveLength(wired.length + (definition.start === undefined ? 0 : 1));
    });
  });
});
