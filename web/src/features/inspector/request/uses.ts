import type { NodeDef } from "@/graph";

/** A step that writes a value of an answer to a field of the contact, called as the answer and its key. */
export function writeTo(path: string, name: string, keys: readonly (string | number)[]): NodeDef {
  const last = keys.findLast((key) => typeof key === "string") ?? "";
  const field = `${name}_${last}`
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+/, "");
  return { type: "field_set", with: { ...(field && { field }), value: `{{ ${path} }}` } };
}

/** A step that branches on whether a value is as it was in the answer. */
export function branchOn(path: string, value: unknown): NodeDef {
  const when =
    value === null || typeof value === "object" ? { field: path, op: "exists" } : { field: path, op: "eq", value };
  return { type: "branch", with: { branches: [{ id: "yes", when }] } };
}
