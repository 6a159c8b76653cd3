import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addTrigger,
  blockOf,
  connect,
  copySteps,
  type Definition,
  disconnect,
  duplicate,
  EditError,
  ENTRY,
  edgesOf,
  graphOf,
  insertStep,
  keepable,
  moveStep,
  newNode,
  nodesOf,
  pasteSteps,
  removeBlock,
  removeStep,
  type Slot,
  setDisabled,
  wiringOf,
} from "..";
import { flow, someSpecs as specs } from "../fixtures";

const types = [...specs.keys()];
type Act = [kind: string, a: number, b: number];

const acts = fc.array(
  fc.tuple(
    fc.constantFrom(
      "insert",
      "insert",
      "insert",
      "append",
      "remove",
      "block",
      "move",
      "move",
      "copy",
      "connect",
      "cut",
    ),
    fc.nat(999),
    fc.nat(999),
  ),
  { maxLength: 40 },
);

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

function slots(definition: Definition): Slot[] {
  const graph = graphOf(definition, specs);
  const own = graph.order.flatMap((id) => graph.ports.get(id) ?? []);
  return [ENTRY, ...own.filter((port) => !port.stray)];
}

/** One edit of a kind at places chosen by two numbers; an edit that is refused changes nothing. */
function act(definition: Definition, [kind, a, b]: Act): Definition {
  const graph = graphOf(definition, specs);
  const slot = pick(slots(definition), a) ?? ENTRY;
  const id = pick(graph.order, b);
  const spec = specs.get(pick(types, b) ?? "");
  try {
    if (kind === "insert" && spec) return insertStep(definition, specs, slot, newNode(spec)).definition;
    if (id === undefined) return definition;
    if (kind === "append") return duplicate(definition, specs, id, a % 2 ? "block" : "step").definition;
    if (kind === "remove") return removeStep(definition, specs, id, pick(keepable(definition, specs, id), a));
    if (kind === "block") return removeBlock(definition, specs, id);
    if (kind === "move") return moveStep(definition, specs, id, slot);
    if (kind === "copy") {
      return pasteSteps(definition, specs, slot, copySteps(definition, specs, id, "block")).definition;
    }
    if (kind === "connect") return connect(definition, specs, slot, id);
    return disconnect(definition, specs, slot);
  } catch (error) {
    if (error instanceof EditError) return definition;
    throw error;
  }
}

const grown = acts.map((list) => list.reduce(act, flow({})));
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
    const kinds = fc.constantFrom("insert", "append", "move", "copy");
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
      let made: ReturnType<typeof insertStep>;
      try {
        made = insertStep(definition, specs, slot, newNode(spec));
      } catch (error) {
        if (error instanceof EditError) return;
        throw error;
      }
      expect(removeStep(made.definition, specs, made.ids[0] ?? "")).toEqual(definition);
    });
  });

  it("paste adds every copied step once, under an id of its own", () => {
    check(fc.tuple(grown, fc.nat(999), fc.nat(999)), ([definition, a, b]) => {
      const slot = pick(slots(definition), a) ?? ENTRY;
      const id = pick(graphOf(definition, specs).order, b);
      if (id === undefined || !(slot === ENTRY || reachable(definition).has(slot.from))) return;
      const clip = copySteps(definition, specs, id, "block");
      let made: ReturnType<typeof pasteSteps>;
      try {
        made = pasteSteps(definition, specs, slot, clip);
      } catch (error) {
        if (error instanceof EditError) return;
        throw error;
      }
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
