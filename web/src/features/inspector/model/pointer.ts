import type { Schemas } from "@/api";

export type Problem = Schemas["DefinitionProblem"];

/** The JSON pointer of a key below another. */
export function join(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function isBelow(path: string, pointer: string): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

/** The problems at a place, and below it when deep. */
export function problemsAt(problems: readonly Problem[], pointer: string, deep: boolean): Problem[] {
  return problems.filter((p) => (deep ? isBelow(p.path, pointer) : p.path === pointer));
}

/** An object as it stands in a document; anything else is an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...(value as Record<string, unknown>) }
    : {};
}

/** The object with a key set, or without it when the value is undefined. */
export function withKey(object: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  const next = { ...object };
  if (value === undefined) delete next[key];
  else next[key] = value;
  return next;
}
