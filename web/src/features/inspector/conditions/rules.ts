import { objectOf } from "../model/pointer";

export type Rule = Record<string, unknown>;
export type Mode = "all" | "any";

/** The kinds of rule, by the key that names them, in words. */
export const kinds = [
  ["field", "Field"],
  ["tag", "Has the tag"],
  ["did", "Did"],
  ["segment", "Is in the segment"],
  ["enrolled_in", "Is in the workflow"],
  ["course", "Takes the course"],
  ["deal", "Has a deal in"],
  ["expr", "Expression"],
] as const;
export type LeafKind = (typeof kinds)[number][0];

/** A rule as it is drawn: perhaps negated, then a group of rules, one rule, or JSON that is neither. */
export type View =
  | { kind: "group"; mode: Mode; rules: unknown[]; negated: boolean; pointer: string }
  | { kind: "leaf"; leaf: LeafKind; rule: Rule; negated: boolean; pointer: string }
  | { kind: "other"; rule: unknown; negated: boolean; pointer: string };

export function viewOf(value: unknown, pointer: string): View {
  const whole = objectOf(value);
  const negated = Object.keys(whole).length === 1 && whole.not !== undefined;
  const inner = negated ? whole.not : value;
  const at = negated ? `${pointer}/not` : pointer;
  const rule = objectOf(inner);
  for (const mode of ["all", "any"] as const) {
    if (Array.isArray(rule[mode])) return { kind: "group", mode, rules: rule[mode], negated, pointer: `${at}/${mode}` };
  }
  const leaf = kinds.find(([key]) => rule[key] !== undefined)?.[0];
  if (leaf) return { kind: "leaf", leaf, rule, negated, pointer: at };
  if (Object.keys(rule).length === 0) return { kind: "leaf", leaf: "field", rule, negated, pointer: at };
  return { kind: "other", rule: inner, negated, pointer: at };
}

/** Writes a view back. */
export function ruleOf(view: View): unknown {
  const body = view.kind === "group" ? { [view.mode]: view.rules } : view.rule;
  return view.negated ? { not: body } : body;
}

/** A rule that has just been added, to be filled in. */
export function newRule(kind: LeafKind): Rule {
  return kind === "field" ? { field: "", op: "eq" } : { [kind]: "" };
}

/** Adds to a condition: to its group, or making one of the single rule that it was. */
export function withRule(value: unknown, added: unknown): unknown {
  if (value === undefined) return added;
  const view = viewOf(value, "");
  if (view.kind === "group" && !view.negated) return ruleOf({ ...view, rules: [...view.rules, added] });
  return { all: [value, added] };
}

export type PathType = "text" | "number" | "boolean" | "date" | "list" | "object";

const words: Record<string, string> = {
  eq: "is",
  ne: "is not",
  gt: "is greater than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  in: "is one of",
  not_in: "is none of",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
  matches: "matches the pattern",
  exists: "is set",
  missing: "is not set",
  before: "is before",
  after: "is after",
  within_last: "is within the last",
  within_next: "is within the next",
};

const byType: Record<PathType, string[]> = {
  text: [
    "eq",
    "ne",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "in",
    "not_in",
    "matches",
    "exists",
    "missing",
  ],
  number: ["eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "exists", "missing"],
  boolean: ["eq", "ne", "exists", "missing"],
  date: ["before", "after", "within_last", "within_next", "eq", "exists", "missing"],
  list: ["contains", "not_contains", "exists", "missing"],
  object: ["exists", "missing"],
};

/** The operators that make sense for a type, in words; all of them when the type is not known. */
export function operatorsFor(type: PathType | undefined, current: string): { value: string; label: string }[] {
  const list = type ? byType[type] : Object.keys(words);
  const all = current && !list.includes(current) ? [...list, current] : list;
  return all.map((op) => ({ value: op, label: words[op] ?? op }));
}

export type ValueKind = "none" | "duration" | "list" | "boolean" | "number" | "date" | "text";

/** What the value of a rule is edited with. */
export function valueKind(op: string, type: PathType | undefined): ValueKind {
  if (op === "exists" || op === "missing") return "none";
  if (op === "within_last" || op === "within_next") return "duration";
  if (op === "in" || op === "not_in") return "list";
  if (op === "before" || op === "after") return "date";
  if (["contains", "not_contains", "starts_with", "ends_with", "matches"].includes(op)) return "text";
  return type === "boolean" || type === "number" || type === "date" ? type : "text";
}

/** Changes the operator; a value that the new one cannot take goes. */
export function withOperator(rule: Rule, op: string, type: PathType | undefined): Rule {
  const next = valueKind(op, type);
  const { value, ...rest } = rule;
  const keeps = next === valueKind(String(rule.op ?? ""), type) && next !== "none";
  return keeps && value !== undefined ? { ...rest, op, value } : { ...rest, op };
}

/** A value of a list as the type of the field asks for it. */
export function typedValue(text: string, type: PathType | undefined): unknown {
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  return text;
}
