import type { Definition, Selection } from "@/graph";

/** As the address writes what is open: `vip`, `@trigger/signed`, `@exit/canceled`, `@settings`. */
export function targetName(target: Selection): string {
  if (!("id" in target)) return `@${target.kind}`;
  return target.kind === "step" ? target.id : `@${target.kind}/${target.id}`;
}

/** Reads a name; null when nothing is called so. */
export function readTarget(name: string | undefined, definition: Definition): Selection | null {
  if (!name) return null;
  if (name === "@settings" || name === "@exits") return { kind: name === "@exits" ? "exits" : "settings" };
  const [, kind, id = ""] = name.match(/^@(trigger|exit)\/(.*)$/) ?? [];
  if (kind === "trigger" || kind === "exit") {
    const list = kind === "trigger" ? definition.triggers : definition.exits;
    return list?.some((item) => item.id === id) ? { kind, id } : null;
  }
  return Object.hasOwn(definition.nodes ?? {}, name) ? { kind: "step", id: name } : null;
}
