import { type Choice, choicesOf, conflictsOf, distinguishing, type Schema } from "./schema";

export type Values = Record<string, unknown>;

/** The way of a choice that the values take: the first that is there whole, else one that is begun, else -1. */
export function wayTaken(choice: Choice, values: Values): number {
  const given = (key: string) => values[key] !== undefined;
  const whole = choice.ways.findIndex((way) => distinguishing(choice, way).every(given));
  return whole >= 0 ? whole : choice.ways.findIndex((way) => distinguishing(choice, way).some(given));
}

/** The keys that an object may show: given, or fitting the ways that are picked (one index for each choice). */
export function visibleKeys(schema: Schema, values: Values, picked: number[]): Set<string> {
  const choices = choicesOf(schema);
  const chosen = new Set(choices.flatMap((choice, i) => choice.ways[picked[i] ?? 0] ?? []));
  const optional = new Set(choices.flatMap((choice) => choice.ways.flat()));
  const active = (key: string) => values[key] !== undefined || chosen.has(key);
  const visible = Object.keys(schema.properties ?? {}).filter((key) => {
    if (values[key] !== undefined || chosen.has(key)) return true;
    if (optional.has(key)) return false;
    return fits(schema, key, active);
  });
  return new Set(visible);
}

function fits(schema: Schema, key: string, active: (key: string) => boolean): boolean {
  const needed = schema.dependentRequired?.[key] ?? [];
  if (!needed.every(active)) return false;
  return !conflictsOf(schema).some((set) => set.includes(key) && set.every((other) => other === key || active(other)));
}

/** A value that stands for a way which needs no more than to be chosen. */
function seed(schema: Schema | undefined): unknown {
  if (schema?.const !== undefined) return schema.const;
  return schema?.type === "object" && schema.properties ? {} : undefined;
}

/**
 * Takes another way of a choice: what belongs to the others, or has no meaning any
 * more, leaves the values for the shelf, and what lay there for this way comes back.
 */
export function takeWay(schema: Schema, values: Values, picked: number[], shelf: Values) {
  const choices = choicesOf(schema);
  const chosen = new Set(choices.flatMap((choice, i) => choice.ways[picked[i] ?? 0] ?? []));
  const members = new Set(choices.flatMap((choice) => choice.ways.flat()));
  const next: Values = {};
  const kept: Values = { ...shelf };
  const active = (key: string) => (members.has(key) ? chosen.has(key) : values[key] !== undefined);
  for (const [key, value] of Object.entries(values)) {
    if (members.has(key) ? chosen.has(key) : fits(schema, key, active)) next[key] = value;
    else kept[key] = value;
  }
  for (const key of Object.keys(schema.properties ?? {})) {
    if (next[key] !== undefined) continue;
    const back = chosen.has(key) || (!members.has(key) && fits(schema, key, active));
    if (back && kept[key] !== undefined) {
      next[key] = kept[key];
      delete kept[key];
    } else if (chosen.has(key)) {
      const start = seed(schema.properties?.[key]);
      if (start !== undefined) next[key] = start;
    }
  }
  return { values: next, shelf: kept };
}
