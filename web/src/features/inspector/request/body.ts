import { objectOf } from "../model/pointer";

/** How the body of a call is edited. */
export type BodyForm = "usual" | "pairs" | "json" | "text";

/** What a body is: absent, an object of plain values, any JSON, or text as it is. */
export function bodyFormOf(body: unknown): BodyForm {
  if (body === undefined) return "usual";
  if (typeof body === "string") return "text";
  const object = objectOf(body);
  const plain = Object.values(object).every((v) => typeof v !== "object" || v === null);
  return typeof body === "object" && !Array.isArray(body) && plain ? "pairs" : "json";
}

/** Takes a body over into another form; what cannot be taken over is undefined. */
export function bodyAs(body: unknown, form: BodyForm): unknown {
  if (form === "usual") return undefined;
  if (form === "text") return body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body, null, 2);
  if (typeof body !== "string") return body ?? {};
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** The path under which a later step reads a value of the answer: vars.booking.slots[0].id */
export function answerPath(name: string, keys: readonly (string | number)[]): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/;
  return keys.reduce<string>(
    (path, key) => (typeof key === "string" && plain.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`),
    `vars.${name}`,
  );
}

type Keys = readonly (string | number)[];
export type Leaf = { keys: Keys; value: unknown };

/** The single values of an answer, with the way to each. */
export function leavesOf(value: unknown, keys: Keys = []): Leaf[] {
  if (typeof value !== "object" || value === null) return [{ keys, value }];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((v, i) => [i, v])
    : Object.entries(value);
  return entries.flatMap(([key, v]) => leavesOf(v, [...keys, key]));
}
