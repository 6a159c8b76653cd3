import { type Definition, nodesOf, type Selection, type Specs } from "@/graph";
import { stepName } from "../diff/words";
import { targetName } from "../page/target";
import type { Problem } from "../queries";

/** Everything that is wrong in one place. */
export type Place = { target: Selection; title: string; problems: Problem[]; errors: number };

/** Where a problem is: its step, the trigger or exit that its path leads into, else the workflow. */
export function targetOfProblem(problem: Problem, definition: Definition): Selection {
  if (problem.node && Object.hasOwn(nodesOf(definition), problem.node)) return { kind: "step", id: problem.node };
  const [, list, index = ""] = problem.path.match(/^\/(triggers|exits)\/(\d+)/) ?? [];
  const entry = list === "triggers" || list === "exits" ? definition[list]?.[Number(index)] : undefined;
  if (entry) return { kind: list === "triggers" ? "trigger" : "exit", id: entry.id };
  return { kind: "settings" };
}

/** Problems by place, in the order of the document: the workflow, triggers, exits, steps. */
export function placesOf(problems: readonly Problem[], definition: Definition, specs: Specs): Place[] {
  const places = new Map<string, Place>();
  for (const problem of problems) {
    const target = targetOfProblem(problem, definition);
    const name = targetName(target);
    const place = places.get(name) ?? { target, title: titleOf(target, definition, specs), problems: [], errors: 0 };
    place.problems.push(problem);
    if (problem.severity === "error") place.errors++;
    places.set(name, place);
  }
  const steps = Object.keys(nodesOf(definition));
  const rank = ({ target }: Place) => {
    if (target.kind === "step") return 3 + steps.indexOf(target.id);
    return ["settings", "trigger", "exit"].indexOf(target.kind);
  };
  return [...places.values()].sort((a, b) => rank(a) - rank(b));
}

export function titleOf(target: Selection, definition: Definition, specs: Specs): string {
  if (target.kind === "exits") return "Exits";
  if (!("id" in target)) return "Workflow";
  if (target.kind === "step") return stepName(target.id, nodesOf(definition)[target.id], specs);
  return `${target.kind === "trigger" ? "Trigger" : "Exit"} ${target.id}`;
}

/** Leaves out what is wrong with steps that somebody has only just put there. */
export function withoutQuiet(problems: readonly Problem[], quiet: ReadonlySet<string>): Problem[] {
  return problems.filter((p) => p.node === "" || !quiet.has(p.node));
}

/** What the chip says: "3 steps to finish"; null when nothing stops a publish. */
export function chipWords(places: readonly Place[]): string | null {
  const open = places.filter((p) => p.errors > 0);
  if (open.length === 0) return null;
  const noun = open.every((p) => p.target.kind === "step") ? "step" : "place";
  return `${open.length} ${noun}${open.length === 1 ? "" : "s"} to finish`;
}

/** The place after the one that is open, around in a circle. */
export function nextPlace(places: readonly Place[], open: string | null): Place | undefined {
  const unfinished = places.filter((p) => p.errors > 0);
  const at = unfinished.findIndex((p) => targetName(p.target) === open);
  return unfinished[(at + 1) % unfinished.length];
}
