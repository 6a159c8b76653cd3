/** What a rule saw when it was evaluated; the shape of SeenValue in the API. */
export type Seen = {
  path: string;
  field: string;
  op: string;
  expected?: unknown;
  saw?: unknown;
  result: boolean;
  reason?: string | undefined;
};

/** Signs read on from the value ("497 ≥ 500"); words stand after a comma ("free, is pro"). */
const signs: Record<string, string> = { gt: ">", gte: "≥", lt: "<", lte: "≤" };
const words: Record<string, string> = {
  eq: "is",
  ne: "is not",
  in: "is one of",
  not_in: "is none of",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
  matches: "matches",
  exists: "is there",
  missing: "is missing",
  before: "is before",
  after: "is after",
  within_last: "is within the last",
  within_next: "is within the next",
  has: "has",
  expr: "expression",
};

const reasons: Record<string, string> = {
  type: "the two cannot be compared",
  missing: "there is no value",
  missing_ref: "what it is compared with is missing",
  missing_segment: "there is no such segment",
  depth: "segments are nested too deeply",
  expression: "the expression could not be evaluated",
};

/** A value of any kind in few words, never longer than `limit` characters. */
export function shortValue(value: unknown, limit = 60): string {
  const text = plain(value);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (value === "") return "empty text";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : value.map((v) => plain(v)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** The name of a field as people say it: what the trigger or the event brought needs no prefix. */
export function fieldName(field: string): string {
  return field.replace(/^(trigger|event)\./, "");
}

/** One evaluation in words: "amount = 497 ≥ 500: no". */
export function seenWords(seen: Seen): string {
  return `${seenLeft(seen)}: ${seen.result ? "yes" : "no"}${seenReason(seen)}`;
}

function seenLeft({ field, op, saw, expected }: Seen): string {
  if (op === "expr") return `expression ${shortValue(expected, 120)} = ${shortValue(saw)}`;
  if (op === "has") return `${fieldName(field)} ${shortValue(expected)}`;
  const value = `${fieldName(field)} = ${shortValue(saw)}`;
  if (op === "exists" || op === "missing") return `${value}, ${words[op]}`;
  const sign = signs[op];
  return sign ? `${value} ${sign} ${shortValue(expected)}` : `${value}, ${words[op] ?? op} ${shortValue(expected)}`;
}

function seenReason({ reason }: Seen): string {
  return reason ? ` (${reasons[reason] ?? reason.replaceAll("_", " ")})` : "";
}

/** A branch's decision in words: what it saw and the port it took. */
export function decisionWords(values: readonly Seen[], port: string | null | undefined): string {
  const seen = values.map(seenWords).join("; ");
  const way = port ? `→ ${port}` : "";
  return [seen, way].filter(Boolean).join(" ");
}
