import type { Schemas } from "@/api";
import type { Contact, Patch } from "./queries";

/** Attributes that every contact has, with their labels. */
export const attributes = [
  ["first_name", "First name"],
  ["last_name", "Last name"],
  ["email", "Mail address"],
  ["phone", "Phone"],
  ["country", "Country"],
  ["timezone", "Time zone"],
  ["external_id", "Id elsewhere"],
] as const satisfies [keyof Contact, string][];

/** A field of a contact as people call it; own fields have their key. */
export const fieldLabel = (field: string): string =>
  attributes.find(([name]) => name === field)?.[1] ?? field.replace(/^fields\./, "");

export type AttributeName = (typeof attributes)[number][0];
export type FieldType = Schemas["FieldType"];

/** What a form about a contact holds: texts, all of it. */
export type Form = { attributes: Record<AttributeName, string>; fields: { key: string; text: string }[] };

/** A stored value as a text that can be edited. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Reads what somebody wrote into a field of a type. A text that does not fit is sent as it is: the server says so. */
export function fieldValue(text: string, type: FieldType | undefined, before: unknown): unknown {
  const kind = type ?? (typeof before === "object" && before !== null ? "json" : typeof before);
  if (kind === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (kind === "boolean" && /^(true|false)$/.test(text.trim())) return text.trim() === "true";
  if (kind === "json") {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

export function formOf(contact: Contact): Form {
  const texts = Object.fromEntries(attributes.map(([name]) => [name, contact[name] ?? ""]));
  return {
    attributes: texts as Form["attributes"],
    fields: Object.entries(contact.fields).map(([key, value]) => ({ key, text: fieldText(value) })),
  };
}

/** The merge patch that turns a contact into what the form says: only what differs, null for what was emptied. */
export function patchOf(contact: Contact, form: Form, types: Record<string, FieldType> = {}): Patch {
  const patch: Patch = {};
  for (const [name] of attributes) {
    const text = form.attributes[name].trim();
    if (text !== (contact[name] ?? "")) patch[name] = text === "" ? null : text;
  }
  const fields: Record<string, unknown> = {};
  const written = new Map(form.fields.filter((f) => f.key.trim() !== "").map((f) => [f.key.trim(), f.text]));
  for (const [key, text] of written) {
    const before = contact.fields[key];
    if (text === fieldText(before) && key in contact.fields) continue;
    fields[key] = text === "" ? null : fieldValue(text, types[key], before);
  }
  for (const key of Object.keys(contact.fields)) if (!written.has(key)) fields[key] = null;
  if (Object.keys(fields).length > 0) patch.fields = fields;
  return patch;
}
