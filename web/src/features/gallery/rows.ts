/** What the drawing needs of a definition. */
export type Drawn = {
  start?: string;
  nodes?: Record<string, { type: string; next?: string | Record<string, string> }>;
};
export type Place = { id: string; type: string; row: number; column: number };

/** The steps that a node leads to, each once. */
export function targets(next: string | Record<string, string> | undefined): string[] {
  if (next === undefined) return [];
  return typeof next === "string" ? [next] : [...new Set(Object.values(next))];
}

/** Places the steps in rows by their distance from the start, for a small drawing. */
export function rows(definition: Drawn): Place[] {
  const nodes = definition.nodes ?? {};
  const places: Place[] = [];
  const seen = new Set<string>();
  let row = definition.start && nodes[definition.start] ? [definition.start] : [];
  for (let n = 0; row.length > 0; n++) {
    row.forEach((id, column) => {
      seen.add(id);
      places.push({ id, type: nodes[id]?.type ?? "", row: n, column: column - (row.length - 1) / 2 });
    });
    const below = row.flatMap((id) => targets(nodes[id]?.next));
    row = [...new Set(below)].filter((id) => nodes[id] && !seen.has(id));
  }
  return places;
}
