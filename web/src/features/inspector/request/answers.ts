import { create } from "zustand";
import type { KnownPath } from "../conditions/usePaths";
import { answerPath, leavesOf } from "./body";

type Answers = {
  byName: Readonly<Record<string, unknown>>;
  keep: (workflow: string, name: string, body: unknown) => void;
};

const keyOf = (workflow: string, name: string) => `${workflow} ${name}`;

/** The real answers that were seen while the page is open, by workflow and the name under which a step keeps its answer. */
export const useAnswers = create<Answers>()((set) => ({
  byName: {},
  keep: (workflow, name, body) => set((s) => ({ byName: { ...s.byName, [keyOf(workflow, name)]: body } })),
}));

const kinds: Record<string, KnownPath["type"]> = { string: "text", number: "number", boolean: "boolean" };

/** The paths, with the single values of answers that were seen behind those that hold an answer. */
export function withAnswers(paths: readonly KnownPath[], workflow: string, seen: Answers["byName"]): KnownPath[] {
  return paths.flatMap((path) => {
    const name = path.path.match(/^vars\.([a-z][a-z0-9_]*)$/)?.[1];
    const body = name === undefined ? undefined : seen[keyOf(workflow, name)];
    if (name === undefined || typeof body !== "object" || body === null) return [path];
    const values = leavesOf(body).map(({ keys, value }): KnownPath => {
      const found = answerPath(name, keys);
      return {
        ...path,
        path: found,
        label: found.slice("vars.".length),
        type: kinds[typeof value] ?? "object",
        sample: value,
      };
    });
    return [path, ...values.filter((v) => paths.every((p) => p.path !== v.path))];
  });
}
