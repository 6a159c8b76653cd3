import { type Definition, isObject, type NodeDef, type NodeSpec, nodesOf, type Specs } from "./definition";

/** The place before the first step, where a way into it is asked for like any other. */
export const START = "@start";

/** A way out of a step, wired or not: where something can be put. `{from: START, port: "start"}` is the entry. */
export type Slot = { readonly from: string; readonly port: string };

export const ENTRY: Slot = { from: START, port: "start" };

/** Names a slot or the edge that leaves by it: `vip:else`, `@start:start`. */
export function edgeKey(slot: Slot): string {
  return `${slot.from}:${slot.port}`;
}

/** The slot that a key of an edge names. */
export function slotOf(key: string): Slot {
  const at = key.indexOf(":");
  return { from: key.slice(0, at), port: key.slice(at + 1) };
}

/** The ports that the settings of a node name, by the rule in its spec, in order. Nameless ones are "". */
export function namedPorts(spec: NodeSpec | undefined, settings: NodeDef["with"]): string[] {
  const list = spec?.ports_from.match(/^(\w+)\[\]\.(\w+)$/);
  if (list) {
    const entries = settings?.[list[1] ?? ""];
    if (!Array.isArray(entries)) return [];
    const key = list[2] ?? "";
    return entries.map((entry) => (isObject(entry) && typeof entry[key] === "string" ? entry[key] : ""));
  }
  const object = spec?.ports_from.match(/^(\w+)\{\}$/);
  const keys = object && settings?.[object[1] ?? ""];
  return isObject(keys) ? Object.keys(keys).sort() : [];
}

/** Every port that a node has, the main or first one first. A type that is not known has `next`. */
export function portsOf(node: NodeDef, specs: Specs): string[] {
  const spec = specs.get(node.type);
  if (!spec) return ["next"];
  const fixed = spec.ports.filter((port) => {
    const key = spec.ports_when[port];
    return key === undefined || node.with?.[key] !== undefined;
  });
  return [...new Set([...namedPorts(spec, node.with).filter((port) => port !== ""), ...fixed])];
}

/** What `next` wires: ids by port. */
export function wiringOf(node: NodeDef, specs: Specs): Record<string, string> {
  if (node.next === undefined) return {};
  if (typeof node.next !== "string") return node.next;
  return { [stringPort(node, specs)]: node.next };
}

/** The port that the short form of `next` wires. */
function stringPort(node: NodeDef, specs: Specs): string {
  return specs.get(node.type)?.main_port || "next";
}

/** The same node with other wiring: the short form where only the main port is wired, none where nothing is. */
export function withWiring(node: NodeDef, specs: Specs, wiring: Record<string, string>): NodeDef {
  const { next: _, ...rest } = node;
  const ports = Object.keys(wiring);
  if (ports.length === 0) return rest;
  const main = specs.get(node.type)?.main_port ?? "next";
  const only = ports.length === 1 ? ports[0] : undefined;
  return { ...rest, next: only !== undefined && only === main ? wiring[only] : wiring };
}

/** Where a slot leads; undefined when it is open or leads to nothing that exists. */
export function targetOf(definition: Definition, specs: Specs, slot: Slot): string | undefined {
  const nodes = nodesOf(definition);
  const from = nodes[slot.from];
  const id = slot.from === START ? definition.start : from && wiringOf(from, specs)[slot.port];
  return id !== undefined && Object.hasOwn(nodes, id) ? id : undefined;
}

/** The port by which the passage goes on when a step is put before another: the main one, else the first. */
export function firstPort(node: NodeDef, specs: Specs): string | undefined {
  return specs.get(node.type)?.main_port || portsOf(node, specs)[0];
}

/** Whether an open port says nothing: the error port of an action leaves the error to its policy. */
export function isQuiet(spec: NodeSpec | undefined, port: string): boolean {
  return port === "error" && spec?.main_port !== "" && spec !== undefined;
}
