import { type Definition, EditError, type Exit, type Trigger } from "../definition";

type Lists = { triggers: Trigger; exits: Exit };
type List = keyof Lists;

const MOST = 20;
const words = { triggers: "triggers", exits: "exits" } as const;

/** A trigger or exit that was added, and the id that it got. */
export type Added = { readonly definition: Definition; readonly id: string };

/** Adds a trigger; its id is made from the event or the type unless one is wished. */
export function addTrigger(definition: Definition, trigger: Omit<Trigger, "id">, wish?: string): Added {
  const type = Object.keys(trigger).find((key) => key !== "where") ?? "trigger";
  return add(definition, "triggers", (id) => ({ id, ...trigger }), wish ?? trigger.event ?? type);
}

/** Adds an exit; its id is made from the event unless one is wished. */
export function addExit(definition: Definition, exit: Omit<Exit, "id">, wish?: string): Added {
  return add(definition, "exits", (id) => ({ id, ...exit }), wish ?? exit.event ?? "exit");
}

function add<L extends List>(definition: Definition, list: L, make: (id: string) => Lists[L], wish: string): Added {
  const items = listOf(definition, list);
  if (items.length >= MOST) throw new EditError(`A workflow has at most ${MOST} ${words[list]}.`);
  const id = freshPart(wish, new Set(items.map((item) => item.id)));
  return { definition: put(definition, list, [...items, make(id)]), id };
}

/** Replaces a trigger or exit; the new one may carry another id, which must be free. */
export function setRule<L extends List>(definition: Definition, list: L, id: string, item: Lists[L]): Definition {
  const items = listOf(definition, list);
  if (item.id !== id && items.some((one) => one.id === item.id)) throw new EditError(`The id ${item.id} is taken.`);
  return put(
    definition,
    list,
    items.map((one) => (one.id === id ? item : one)),
  );
}

export function removeRule<L extends List>(definition: Definition, list: L, id: string): Definition {
  return put(
    definition,
    list,
    listOf(definition, list).filter((item) => item.id !== id),
  );
}

/** Moves a trigger or exit to an index of its list; of exits the first that fits wins. */
export function moveRule<L extends List>(definition: Definition, list: L, id: string, to: number): Definition {
  const items = listOf(definition, list);
  const item = items.find((one) => one.id === id);
  if (!item) return definition;
  const rest = items.filter((one) => one !== item);
  return put(definition, list, rest.toSpliced(Math.max(0, Math.min(to, rest.length)), 0, item));
}

function listOf<L extends List>(definition: Definition, list: L): Lists[L][] {
  const items: { [K in List]: Lists[K][] } = { triggers: definition.triggers ?? [], exits: definition.exits ?? [] };
  return items[list];
}

function put<L extends List>(definition: Definition, list: L, items: Lists[L][]): Definition {
  if (items.length > 0) return { ...definition, [list]: items };
  const rest = { ...definition };
  delete rest[list];
  return rest;
}

/** A free id of letters, digits, _ and -. */
function freshPart(wish: string, taken: ReadonlySet<string>): string {
  const stem =
    wish
      .replace(/[^A-Za-z0-9_-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+|-+$/g, "")
      .slice(0, 36) || "rule";
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.has(id)) return id;
  }
}
