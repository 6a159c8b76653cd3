import { type Block, blockOf, branches } from "../block";
import { type Definition, EditError, isObject, type NodeDef, nodesOf, readDefinition, type Specs } from "../definition";
import { graphOf } from "../graph";
import { portsOf, type Slot, START, targetOf, wiringOf, withWiring } from "../ports";
import { freshId } from "./ids";
import { behind, exits } from "./move";
import { checkSlot, type Made, nodeAt, putNode, wire, wireAll } from "./wiring";

/** Steps on the clipboard. Wiring stays inside; `out` are the slots on which what follows will hang. */
export type Clip = {
  readonly fermata: "steps";
  readonly root: string;
  readonly nodes: Readonly<Record<string, NodeDef>>;
  readonly out: readonly Slot[];
};

/** What a copy takes: the step alone, or with the steps of its branches. */
export type Extent = "step" | "block";

/** Copies a step; without an extent a branching step that has no main port takes its branches along. */
export function copySteps(definition: Definition, specs: Specs, id: string, extent?: Extent): Clip {
  const block = taken(definition, specs, id, extent);
  const inside = new Set(block.ids);
  const nodes = block.ids.map((one): [string, NodeDef] => {
    const node = nodeAt(definition, one);
    const kept = Object.entries(wiringOf(node, specs)).filter(([, to]) => inside.has(to) && extent !== "step");
    return [one, withWiring(node, specs, Object.fromEntries(kept))];
  });
  const alone = block.ids.length === 1 ? behind(definition, specs, id) : undefined;
  const out = alone ? [alone] : exits(definition, specs, block);
  return { fermata: "steps", root: id, nodes: Object.fromEntries(nodes), out };
}

function taken(definition: Definition, specs: Specs, id: string, extent?: Extent): Block {
  const graph = graphOf(definition, specs);
  const mainless = specs.get(nodeAt(definition, id).type)?.main_port === "";
  const whole = extent === "block" || (extent === undefined && mainless && branches(graph, id));
  return whole ? blockOf(graph, id) : { root: id, ids: [id] };
}

/** What a copied step is on the clipboard: JSON. */
export function clipText(clip: Clip): string {
  return JSON.stringify(clip, null, 2);
}

/** Reads a text of the clipboard; undefined when it holds no steps. */
export function readClip(text: string): Clip | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(raw) || raw.fermata !== "steps" || typeof raw.root !== "string" || !Array.isArray(raw.out))
    return undefined;
  const read = readDefinition({ key: "clip", nodes: raw.nodes });
  if ("undrawable" in read) return undefined;
  const nodes = nodesOf(read.definition);
  if (!Object.hasOwn(nodes, raw.root)) return undefined;
  const out = raw.out.filter(isSlot).filter((slot) => Object.hasOwn(nodes, slot.from));
  return { fermata: "steps", root: raw.root, nodes, out };
}

function isSlot(raw: unknown): raw is Slot {
  return isObject(raw) && typeof raw.from === "string" && typeof raw.port === "string";
}

/** Puts copied steps into a slot under fresh ids; what stood there follows them. */
export function pasteSteps(definition: Definition, specs: Specs, slot: Slot, clip: Clip): Made {
  checkSlot(definition, specs, slot);
  const displaced = targetOf(definition, specs, slot);
  const out = clip.out.filter(({ from, port }) => {
    const node = clip.nodes[from];
    return node !== undefined && portsOf(node, specs).includes(port);
  });
  if (displaced !== undefined && out.length === 0) {
    throw new EditError("Steps follow here, and what you paste has no open way out. Put it where nothing follows.");
  }
  const { definition: added, names } = addAll(definition, specs, clip, slot.from);
  const named = (id: string) => names.get(id) ?? id;
  const joined = out.map(({ from, port }) => ({ from: named(from), port }));
  const hung = displaced === undefined ? added : wireAll(added, specs, joined, displaced);
  const root = named(clip.root);
  const ids = [root, ...[...names.values()].filter((id) => id !== root)];
  return { definition: wire(hung, specs, slot, root), ids };
}

function addAll(definition: Definition, specs: Specs, clip: Clip, after: string) {
  const names = new Map<string, string>();
  let edited = definition;
  let last = after === START ? undefined : after;
  for (const [id, node] of Object.entries(clip.nodes)) {
    const fresh = freshId(edited, id);
    names.set(id, fresh);
    edited = putNode(edited, fresh, node, last);
    last = fresh;
  }
  for (const [id, fresh] of names) {
    const node = clip.nodes[id];
    if (!node) continue;
    const wiring = Object.entries(wiringOf(node, specs)).flatMap(([port, to]) => {
      const target = names.get(to);
      return target === undefined ? [] : [[port, target] as const];
    });
    edited = putNode(edited, fresh, withWiring(node, specs, Object.fromEntries(wiring)));
  }
  return { definition: edited, names };
}

/** Copies a step, or a step with its branches, and puts the copy right behind it. */
export function duplicate(definition: Definition, specs: Specs, id: string, extent?: Extent): Made {
  const clip = copySteps(definition, specs, id, extent);
  const block = taken(definition, specs, id, extent);
  const slots = block.ids.length === 1 ? [behind(definition, specs, id)] : exits(definition, specs, block);
  const [first, ...others] = slots.filter((slot) => slot !== undefined);
  if (!first)
    throw new EditError("This step has no open way out, so nothing can stand behind it. Copy and paste it instead.");
  const made = pasteSteps(definition, specs, first, clip);
  return { definition: wireAll(made.definition, specs, others, made.ids[0]), ids: made.ids };
}
