import type { NodeSpec } from "@/graph";

/** A group of the picker, with the entries that fit. */
export type PickerGroup = { title: string; specs: NodeSpec[] };

/** The types that fit the words typed so far, grouped as the palette is; those whose title begins with them first. */
export function searchSpecs(specs: Iterable<NodeSpec>, query: string): PickerGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...specs].filter((spec) => words.every((word) => haystack(spec).includes(word)));
  const groups = new Map<string, NodeSpec[]>();
  for (const spec of found) groups.set(spec.group, [...(groups.get(spec.group) ?? []), spec]);
  const list = [...groups].map(([title, members]) => ({ title, specs: sorted(members, words) }));
  return words.length === 0 ? list : list.sort((a, b) => best(a.specs, words) - best(b.specs, words));
}

const haystack = (spec: NodeSpec) => `${spec.title} ${spec.group} ${spec.type} ${spec.description}`.toLowerCase();

function weight(spec: NodeSpec, words: string[]): number {
  if (words.length === 0) return 0;
  const title = spec.title.toLowerCase();
  if (title.startsWith(words.join(" "))) return 0;
  return words.every((word) => title.includes(word)) ? 1 : 2;
}

const best = (specs: NodeSpec[], words: string[]) => Math.min(...specs.map((spec) => weight(spec, words)));

function sorted(specs: NodeSpec[], words: string[]): NodeSpec[] {
  return specs.toSorted((a, b) => Number(b.available) - Number(a.available) || weight(a, words) - weight(b, words));
}
