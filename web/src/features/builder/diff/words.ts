import { type Definition, isObject, type NodeDef, nodesOf, type Specs } from "@/graph";
import { type Change, partsOf } from "./changes";

/** One line of a comparison. */
export type Line = { op: Change["op"]; what: string; before?: string; after?: string };

/** The lines about one step, one trigger, or the workflow as a whole. */
export type Group = { key: string; title: string; op: "add" | "remove" | "change"; node: string | null; lines: Line[] };

type Sides = { from: Definition; to: Definition; specs: Specs };

/** Puts changes into words, by what they are about, in the order of the newer definition. */
export function inWords(changes: readonly Change[], sides: Sides): Group[] {
  const groups = new Map<string, Group>();
  for (const change of changes) {
    const { key, title, node, whole, rest } = subjectOf(change, sides);
    const group: Group = groups.get(key) ?? {
      key,
      title,
      node,
      op: whole && change.op !== "replace" ? change.op : "change",
      lines: [],
    };
    if (!whole || change.op === "replace") group.lines.push(lineOf(change, rest, node, sides));
    groups.set(key, group);
  }
  const order = [...Object.keys(nodesOf(sides.to)), ...Object.keys(nodesOf(sides.from))];
  const rank = (g: Group) => (g.node === null ? -1 : order.indexOf(g.node));
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

function subjectOf(change: Change, { from, to, specs }: Sides) {
  const [area = "", id = "", ...rest] = partsOf(change.path);
  if (area === "nodes" && id !== "") {
    const node = nodesOf(to)[id] ?? nodesOf(from)[id];
    return { key: `node ${id}`, title: `Step ${stepName(id, node, specs)}`, node: id, whole: rest.length === 0, rest };
  }
  if ((area === "triggers" || area === "exits") && id !== "") {
    const kind = area === "triggers" ? "Trigger" : "Exit";
    return { key: `${area} ${id}`, title: `${kind} ${id}`, node: null, whole: rest.length === 0, rest };
  }
  return { key: "workflow", title: "Workflow", node: null, whole: false, rest: partsOf(change.path) };
}

/** What a step is called: its own name, else what its type does. */
export function stepName(id: string, node: NodeDef | undefined, specs: Specs): string {
  return node?.name || `${specs.get(node?.type ?? "")?.title ?? node?.type ?? id} (${id})`;
}

const plain: Record<string, string> = {
  next: "Leads to",
  disabled: "Disabled",
  name: "Name",
  note: "Note",
  on_error: "When it fails",
  max_visits: "Visits at most",
  where: "Condition",
  start: "First step",
  settings: "Settings",
};

function lineOf(change: Change, rest: string[], node: string | null, { from, to, specs }: Sides): Line {
  const type = node === null ? "" : (nodesOf(to)[node]?.type ?? "");
  const line: Line = { op: change.op, what: label(rest, specs.get(type)?.schema) };
  const leads = rest[0] === "next" || rest[0] === "start";
  const shown = (value: unknown, side: Definition) =>
    leads && typeof value === "string" ? stepName(value, nodesOf(side)[value], specs) : asText(value);
  if (change.op !== "add") line.before = shown(change.from, from);
  if (change.op !== "remove") line.after = shown(change.to, to);
  return line;
}

/** `with/subject` → the label of the field in the schema; else the key as words. */
function label(path: string[], schema: unknown): string {
  const [first = "", ...deeper] = path;
  if (first !== "with") return [plain[first] ?? asWords(first), ...deeper.map(asWords)].filter(Boolean).join(" › ");
  const field = deeper[0] ?? "";
  const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const property = properties[field];
  const hints = isObject(property) ? property["x-ui"] : undefined;
  const title = isObject(hints) && typeof hints.label === "string" ? hints.label : asWords(field);
  return [title || "Settings", ...deeper.slice(1).map(asWords)].join(" › ");
}

function asWords(key: string): string {
  const words = key.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value for people: text as it is, the rest as indented JSON without its quotes around keys. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  if (value === true) return "yes";
  if (value === false) return "no";
  return (JSON.stringify(value, null, 2) ?? "").replace(/"(\w+)":/g, "$1:");
}
