import type { Schemas } from "@/api";
import { settingLabel } from "@/shared";

/** Hints by which a form is drawn; see the package form of the server. */
export type Ui = {
  widget?: string;
  label?: string;
  help?: string;
  placeholder?: string;
  group?: string;
  /** What POST /v1/preview/times says of the value. */
  preview?: Schemas["TimesPreviewRequest"]["what"];
  order?: number;
};

type Needs = { required?: string[] };

/** The part of JSON Schema (draft 2020-12) that the server writes. */
export type Schema = {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: { pattern?: string };
  dependentRequired?: Record<string, string[]>;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  not?: Needs & { anyOf?: Needs[] } & Record<string, unknown>;
  "x-ui"?: Ui;
};

/** One key of an object, ready to be drawn. */
export type FieldSpec = { key: string; schema: Schema; ui: Ui; label: string; required: boolean };

/** A choice between ways to say something; each way is the keys that it needs. */
export type Choice = { ways: string[][]; required: boolean };

/** A hint as a sentence begins. */
export const sentence = (hint: string): string => hint.charAt(0).toUpperCase() + hint.slice(1);

/** The keys of an object in the order in which the server wants them shown. */
export function fieldsOf(schema: Schema): FieldSpec[] {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([key, s]) => {
    const ui = s["x-ui"] ?? {};
    return { key, schema: s, ui, label: settingLabel(key, ui), required: required.has(key) };
  });
  return fields.sort((a, b) => (a.ui.order ?? 1000) - (b.ui.order ?? 1000));
}

function waysOf(list: Schema[] | undefined): string[][] | null {
  if (!list || list.length < 2) return null;
  const ways = list.map((way) => way.required ?? []);
  return ways.every((way) => way.length > 0) ? ways : null;
}

/** The choices of an object: `oneOf` and `anyOf` whose ways only say which keys they need. */
export function choicesOf(schema: Schema): Choice[] {
  const own = new Set(schema.required ?? []);
  return [schema, ...(schema.allOf ?? [])].flatMap((part) =>
    [part.oneOf, part.anyOf].flatMap((list) => {
      const ways = waysOf(list);
      if (!ways || (part === schema && !schema.properties)) return [];
      return [{ ways: ways.map((way) => way.filter((key) => !own.has(key))), required: true }];
    }),
  );
}

/** Sets of keys that may not stand together. */
export function conflictsOf(schema: Schema): string[][] {
  return [schema, ...(schema.allOf ?? [])].flatMap((part) => {
    const all = part.not ? [part.not, ...(part.not.anyOf ?? [])] : [];
    return all.flatMap((needs) => (needs.required && needs.required.length > 1 ? [needs.required] : []));
  });
}

/** The keys that tell the ways of a choice apart: those that not every other way shares. */
export function distinguishing(choice: Choice, way: string[]): string[] {
  const alone = way.filter((key) => choice.ways.filter((other) => other.includes(key)).length === 1);
  return alone.length > 0 ? alone : way;
}

export type Kind = "text" | "number" | "switch" | "choice" | "list" | "object" | "map" | "texts" | "data" | "json";

function scalarKind(schema: Schema): Kind | null {
  if (schema.enum) return "choice";
  if (schema.const === true) return "switch";
  if (schema.type === "string" || (Array.isArray(schema.type) && schema.type.includes("string"))) return "text";
  if (schema.type === "number" || schema.type === "integer") return "number";
  return schema.type === "boolean" ? "switch" : null;
}

/** What a value is by its JSON type alone, for widgets that the page does not know. */
export function kindOf(schema: Schema): Kind {
  const scalar = scalarKind(schema);
  if (scalar) return scalar;
  if (schema.type === "array" && schema.items) {
    return schema.items.type === "string" && !schema.items.enum ? "texts" : "list";
  }
  if (schema.type === "object" && schema.properties) return "object";
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return scalarKind(schema.additionalProperties) ? "map" : "data";
  }
  const [one, many, ...more] = schema.anyOf ?? [];
  const textOrTexts = one?.type === "string" && many?.type === "array" && many.items?.type === "string";
  return textOrTexts && more.length === 0 ? "texts" : "json";
}
