import type { Schemas } from "@/api";

/** What the server says about a type of node; GET /v1/nodes. */
export type NodeSpec = Schemas["NodeSpec"];

/** Settings of a node, trigger and so on: JSON that only the server judges. */
export type With = Record<string, unknown>;

/** One step. `next` is the id behind the main port, or a map from ports to ids. */
export type NodeDef = {
  type: string;
  name?: string;
  note?: string;
  disabled?: boolean;
  with?: With;
  next?: string | Record<string, string>;
  max_visits?: number;
  on_error?: "retry" | "continue" | "fail";
  retry?: { max?: string };
  latest?: string;
  on_unknown?: "resend" | "skip";
  strict?: boolean;
};

/** A trigger; the key that is given besides id and where names its type. */
export type Trigger = {
  id: string;
  event?: string;
  where?: unknown;
  manual?: true;
  date?: With;
  schedule?: With;
  inactivity?: With;
  webhook?: With;
};

/** An event that ends an enrollment wherever it is. */
export type Exit = { id: string; event?: string; where?: unknown; outcome?: "success" | "neutral" | "failed" };

/** Settings of the workflow; the inspector draws them from GET /v1/schema. */
export type Settings = With;

/** The place of a card, in the pixels of the canvas at 100 %: its left upper corner. */
export type Position = { x: number; y: number };

/** Places of steps by id; steps without one are laid out. */
export type Layout = Record<string, Position>;

/** The document that describes one version of a workflow. Never changed in place. */
export type Definition = {
  schema?: number;
  key: string;
  name?: string;
  settings?: Settings;
  triggers?: Trigger[];
  exits?: Exit[];
  start?: string;
  nodes?: Record<string, NodeDef>;
  layout?: Layout;
  tests?: unknown[];
};

/** Node types by name. */
export type Specs = ReadonlyMap<string, NodeSpec>;

/** Specs makes the map of the list that GET /v1/nodes answers. */
export function specsOf(items: readonly NodeSpec[]): Specs {
  return new Map(items.map((spec) => [spec.type, spec]));
}

/** An edit that cannot be made. The message is for the user. */
export class EditError extends Error {
  override readonly name = "EditError";
}

/** Why a stored draft cannot be drawn. */
export type Undrawable = { path: string; message: string };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Check = [path: string, fits: boolean, expected: string];

/**
 * Reads a draft as the server keeps it. Only what the page itself relies on is looked at: a draft may be
 * incomplete, and whether it is right is for the server to say.
 */
export function readDefinition(raw: unknown): { definition: Definition } | { undrawable: Undrawable } {
  const wrong = [...checks(raw)].find(([, fits]) => !fits);
  if (wrong) return { undrawable: { path: wrong[0], message: `${wrong[0] || "The definition"} must be ${wrong[2]}` } };
  return { definition: raw as Definition };
}

function* checks(raw: unknown): Generator<Check> {
  yield ["", isObject(raw), "an object"];
  if (!isObject(raw)) return;
  yield ["/key", typeof raw.key === "string", "text"];
  yield ["/start", raw.start === undefined || typeof raw.start === "string", "the id of a step"];
  yield ["/settings", raw.settings === undefined || isObject(raw.settings), "an object"];
  yield ["/layout", raw.layout === undefined || isLayout(raw.layout), "places by id"];
  yield ["/nodes", raw.nodes === undefined || isObject(raw.nodes), "an object"];
  for (const [id, node] of Object.entries(isObject(raw.nodes) ? raw.nodes : {}))
    yield* nodeChecks(`/nodes/${id}`, node);
  for (const list of ["triggers", "exits"] as const) {
    const items = raw[list] ?? [];
    const fits = Array.isArray(items) && items.every((item) => isObject(item) && typeof item.id === "string");
    yield [`/${list}`, fits, "a list of objects with an id"];
  }
}

function* nodeChecks(path: string, node: unknown): Generator<Check> {
  yield [path, isObject(node), "an object"];
  if (!isObject(node)) return;
  const { type, name, with: settings, next } = node;
  yield [`${path}/type`, typeof type === "string", "the name of a type"];
  yield [`${path}/name`, name === undefined || typeof name === "string", "text"];
  yield [`${path}/with`, settings === undefined || isObject(settings), "an object"];
  const wired = isObject(next) ? Object.values(next).every((id) => typeof id === "string") : typeof next === "string";
  yield [`${path}/next`, next === undefined || wired, "the id of a step, or ids by port"];
}

function isLayout(raw: unknown): boolean {
  const isPlace = (p: unknown) => isObject(p) && typeof p.x === "number" && typeof p.y === "number";
  return isObject(raw) && Object.values(raw).every(isPlace);
}

/** The steps of a definition by id. */
export function nodesOf(definition: Definition): Record<string, NodeDef> {
  return definition.nodes ?? {};
}
