/** What the documents of the program use of JSON Schema. */
export type Schema = {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  maxLength?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

const deepest = 9;

/**
 * Makes values of the schemas of a document: a text in each place that takes one, whatever it is
 * meant for, so also in dates, keys and patterns. Numbers, switches and choices are left out.
 * `text` gives the next text, of so many characters at most.
 */
export function filler(document: unknown, text: (most: number) => string): (schema: Schema) => unknown {
  const follow = (schema: Schema): Schema => {
    if (!schema.$ref) return schema;
    const steps = schema.$ref.replace(/^#\//, "").split("/");
    return follow(steps.reduce((at, step) => Reflect.get(Object(at), step), document) as Schema);
  };
  const object = (schema: Schema, depth: number): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    for (const [name, one] of Object.entries(schema.properties ?? {})) {
      const value = fill(one, depth + 1);
      if (value !== undefined) made[name] = value;
    }
    const free = schema.additionalProperties;
    if (free === true || (free === undefined && !schema.properties)) made[text(60)] = text(200);
    if (typeof free === "object") made[text(60)] = fill(free, depth + 1) ?? 1;
    return made;
  };
  const fill = (given: Schema, depth: number): unknown => {
    const schema = follow(given);
    if (depth > deepest) return undefined;
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return undefined;
    if (schema.properties) return object(schema, depth);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => fill(one, depth)));
    const ways = schema.anyOf ?? schema.oneOf;
    if (ways) {
      for (const way of ways) {
        const value = fill(way, depth + 1);
        if (value !== undefined) return value;
      }
      return undefined;
    }
    if (schema.type === "string" || schema.type === undefined) return text(schema.maxLength ?? 400);
    if (schema.type === "object") return object(schema, depth);
    if (schema.type !== "array" || !schema.items) return undefined;
    const one = fill(schema.items, depth + 1);
    return one === undefined ? undefined : [one];
  };
  return (schema) => fill(schema, 0);
}
