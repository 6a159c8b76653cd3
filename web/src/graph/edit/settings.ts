import {
  type Definition,
  EditError,
  isObject,
  type NodeDef,
  nodesOf,
  type Settings,
  type Specs,
  type With,
} from "../definition";
import { namedPorts, portsOf, wiringOf, withWiring } from "../ports";
import { nodeAt, putNode } from "./wiring";

/** Everything of a node but its type, its settings and its wiring. */
export type NodePatch = Partial<Omit<NodeDef, "type" | "with" | "next">>;

/** Sets keys of a node beside `with`; undefined takes a key away. */
export function patchNode(definition: Definition, id: string, patch: NodePatch): Definition {
  return putNode(definition, id, patched(nodeAt(definition, id), patch));
}

/** Gives a step its own name; an empty one takes it away. */
export function renameStep(definition: Definition, id: string, name: string): Definition {
  return patchNode(definition, id, { name: name.trim() === "" ? undefined : name });
}

export function setDisabled(definition: Definition, id: string, disabled: boolean): Definition {
  return patchNode(definition, id, { disabled: disabled ? true : undefined });
}

/** Sets the settings of a node. Where a way out gets another name in them, its wiring follows. */
export function setWith(definition: Definition, specs: Specs, id: string, settings: With): Definition {
  const old = nodeAt(definition, id);
  const node: NodeDef = { ...old, with: settings };
  const wiring = wiringOf(old, specs);
  const renamed = renames(old, node, specs, wiring);
  if (renamed.size === 0) return putNode(definition, id, node);
  const followed = Object.entries(wiring).map(([port, to]) => [renamed.get(port) ?? port, to]);
  return putNode(definition, id, withWiring(node, specs, Object.fromEntries(followed)));
}

/** Sets single keys of the settings; undefined takes a key away. */
export function patchWith(definition: Definition, specs: Specs, id: string, patch: With): Definition {
  return setWith(definition, specs, id, patched(nodeAt(definition, id).with ?? {}, patch));
}

/**
 * The ports that got another name: entries of a list keep their place, of an object exactly one key may change.
 * While a name is being typed it may be empty or taken for a moment; its wiring then waits under the old name, and
 * the next new name at an unchanged number of entries takes it over.
 */
function renames(old: NodeDef, node: NodeDef, specs: Specs, wiring: Record<string, string>): Map<string, string> {
  const spec = specs.get(node.type);
  const before = namedPorts(spec, old.with);
  const after = namedPorts(spec, node.with);
  if (before.length !== after.length) return new Map();
  const fresh = after.filter((port) => port !== "" && !before.includes(port) && !(port in wiring));
  const gone = before.filter((port) => port !== "" && !after.includes(port));
  if (spec?.ports_from.endsWith("{}")) {
    const [from, to] = [gone[0], fresh[0]];
    return gone.length === 1 && from !== undefined && to !== undefined ? new Map([[from, to]]) : new Map();
  }
  const found = new Map<string, string>();
  for (const port of fresh) {
    const was = before[after.indexOf(port)];
    if (was !== undefined && gone.includes(was)) found.set(was, port);
  }
  const stray = Object.keys(wiring).filter((port) => !portsOf(old, specs).includes(port) && !after.includes(port));
  const [waiting, first] = [stray[0], fresh[0]];
  const adopts = found.size === 0 && stray.length === 1 && fresh.length === 1;
  if (adopts && waiting !== undefined && first !== undefined) found.set(waiting, first);
  return found;
}

/** Gives a step another id. Migration and figures know steps by their ids: for steps that nobody has passed. */
export function changeId(definition: Definition, specs: Specs, id: string, to: string): Definition {
  nodeAt(definition, id);
  if (id === to) return definition;
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(to)) throw new EditError("An id has small letters, digits and _, up to 40.");
  if (Object.hasOwn(nodesOf(definition), to)) throw new EditError(`The id ${to} is taken.`);
  const name = (one: string) => (one === id ? to : one);
  const nodes = Object.entries(nodesOf(definition)).map(([one, node]) => {
    const wiring = Object.entries(wiringOf(node, specs));
    const leads = wiring.some(([, target]) => target === id);
    const followed = Object.fromEntries(wiring.map(([port, target]) => [port, name(target)]));
    return [name(one), leads ? withWiring(node, specs, followed) : node];
  });
  const edited: Definition = { ...definition, nodes: Object.fromEntries(nodes) };
  if (definition.start === id) edited.start = to;
  if (definition.layout?.[id]) edited.layout = renamedKeys(definition.layout, name);
  if (definition.tests) edited.tests = definition.tests.map((test) => renamedTest(test, name));
  return edited;
}

function renamedKeys<V>(object: Record<string, V>, name: (id: string) => string): Record<string, V> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [name(key), value]));
}

function renamedTest(test: unknown, name: (id: string) => string): unknown {
  if (!isObject(test)) return test;
  const edited = { ...test };
  if (isObject(test.stubs)) edited.stubs = renamedKeys(test.stubs, name);
  if (isObject(test.expect) && Array.isArray(test.expect.path)) {
    edited.expect = { ...test.expect, path: test.expect.path.map((id) => (typeof id === "string" ? name(id) : id)) };
  }
  return edited;
}

/** Sets keys of the workflow's settings; undefined takes a key away. */
export function patchSettings(definition: Definition, patch: Settings): Definition {
  const settings = patched(definition.settings ?? {}, patch);
  return patched(definition, { settings: Object.keys(settings).length > 0 ? settings : undefined });
}

/** Sets the name of the workflow. */
export function renameWorkflow(definition: Definition, name: string): Definition {
  return { ...definition, name };
}

/** Puts a step to a place, or back to where it is laid out. */
export function setPosition(definition: Definition, id: string, at: { x: number; y: number } | undefined): Definition {
  const layout = patched(definition.layout ?? {}, { [id]: at && { x: Math.round(at.x), y: Math.round(at.y) } });
  return patched(definition, { layout: Object.keys(layout).length > 0 ? layout : undefined });
}

/** A copy with other values; keys whose value is undefined go. */
function patched<T extends object>(object: T, patch: { [K in keyof T]?: T[K] | undefined }): T {
  const edited: T = { ...object, ...patch };
  for (const key in edited) if (edited[key] === undefined) delete edited[key];
  return edited;
}
