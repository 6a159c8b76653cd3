import { isObject } from "@/graph";

/** What differs between two definitions at one place. The server's Change has the same shape. */
export type Change = { op: "add" | "remove" | "replace"; path: string; from?: unknown; to?: unknown };

/** Lists what differs, layout left aside: where cards stand changes nothing that they do. */
export function changesBetween(from: unknown, to: unknown): Change[] {
  return [...walk("", withoutLayout(from), withoutLayout(to))];
}

function withoutLayout(definition: unknown): unknown {
  if (!isObject(definition)) return definition;
  const { layout: _, ...rest } = definition;
  return rest;
}

function* walk(path: string, from: unknown, to: unknown): Generator<Change> {
  if (from === to) return;
  const [a, b] = [entriesOf(from), entriesOf(to)];
  if (!a || !b) {
    if (JSON.stringify(from) !== JSON.stringify(to)) yield { op: "replace", path, from, to };
    return;
  }
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const at = `${path}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    if (!a.has(key)) yield { op: "add", path: at, to: b.get(key) };
    else if (!b.has(key)) yield { op: "remove", path: at, from: a.get(key) };
    else yield* walk(at, a.get(key), b.get(key));
  }
}

/** Objects by key, and lists of things with an id by that id. */
function entriesOf(value: unknown): Map<string, unknown> | null {
  if (isObject(value)) return new Map(Object.entries(value).filter(([, v]) => v !== undefined));
  if (!Array.isArray(value)) return null;
  const named = value.map((item): [string, unknown] => [isObject(item) ? String(item.id ?? "") : "", item]);
  const ids = named.map(([id]) => id);
  return ids.length > 0 && ids.every((id) => id !== "") && new Set(ids).size === ids.length ? new Map(named) : null;
}

/** The parts of a JSON pointer. */
export function partsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}
