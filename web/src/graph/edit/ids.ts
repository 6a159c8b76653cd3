import { type Definition, nodesOf } from "../definition";

const MOST = 40;

/** A readable id that is free: `email`, `email_2`, …; the wish may be a type, a name or another id. */
export function freshId(definition: Definition, wish: string): string {
  return freeName(wish, (id) => Object.hasOwn(nodesOf(definition), id));
}

/** The same for any names of the form `^[a-z][a-z0-9_]{0,39}$`. */
export function freeName(wish: string, taken: (name: string) => boolean): string {
  const stem = clean(wish).replace(/_\d+$/, "");
  if (!taken(stem)) return stem;
  for (let n = 2; ; n++) {
    const name = `${stem.slice(0, MOST - `_${n}`.length)}_${n}`;
    if (!taken(name)) return name;
  }
}

function clean(wish: string): string {
  const plain = wish
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  return plain.slice(0, MOST).replace(/_+$/, "") || "step";
}
