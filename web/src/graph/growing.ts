import fc from "fast-check";
import {
  connect,
  copySteps,
  type Definition,
  disconnect,
  duplicate,
  EditError,
  ENTRY,
  graphOf,
  insertStep,
  keepable,
  moveStep,
  newNode,
  pasteSteps,
  removeBlock,
  removeStep,
  type Slot,
} from ".";
import { flow, someSpecs as specs } from "./fixtures";

/** Names of the types that random definitions are made of. */
export const types = [...specs.keys()];

type Act = [kind: string, a: number, b: number];

const kinds = ["insert", "insert", "insert", "duplicate", "remove", "block", "move", "move", "paste", "connect", "cut"];

/** Random edits, for tests. */
export const acts = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(999), fc.nat(999)), { maxLength: 40 });

/** Definitions that random edits have made from an empty one. */
export const grown = acts.map((list) => list.reduce(act, flow({})));

export const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** Every place where something can be put. */
export function slots(definition: Definition): Slot[] {
  const graph = graphOf(definition, specs);
  const own = graph.order.flatMap((id) => graph.ports.get(id) ?? []);
  return [ENTRY, ...own.filter((port) => !port.stray)];
}

/** One edit of a kind at places chosen by two numbers; an edit that is refused changes nothing. */
export function act(definition: Definition, [kind, a, b]: Act): Definition {
  return unlessRefused(() => edited(definition, kind, a, b)) ?? definition;
}

/** What a function gives, or undefined when the edit in it is refused. */
export function unlessRefused<T>(edit: () => T): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (error instanceof EditError) return undefined;
    throw error;
  }
}

function edited(definition: Definition, kind: string, a: number, b: number): Definition {
  const graph = graphOf(definition, specs);
  const slot = pick(slots(definition), a) ?? ENTRY;
  const id = pick(graph.order, b);
  const spec = specs.get(pick(types, b) ?? "");
  if (kind === "insert" && spec) return insertStep(definition, specs, slot, newNode(spec)).definition;
  if (id === undefined) return definition;
  if (kind === "duplicate") return duplicate(definition, specs, id, a % 2 ? "block" : "step").definition;
  if (kind === "remove") return removeStep(definition, specs, id, pick(keepable(definition, specs, id), a));
  if (kind === "block") return removeBlock(definition, specs, id);
  if (kind === "move") return moveStep(definition, specs, id, slot);
  if (kind === "paste") {
    return pasteSteps(definition, specs, slot, copySteps(definition, specs, id, "block")).definition;
  }
  return kind === "connect" ? connect(definition, specs, slot, id) : disconnect(definition, specs, slot);
}
