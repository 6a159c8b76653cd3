import { ApiProblem } from "@/api";

/** What the server says about a field of what was sent; undefined when nothing. */
export const fieldErrors = (problem: unknown) => (pointer: string) => {
  if (!(problem instanceof ApiProblem)) return undefined;
  const said = problem.at(pointer).map((e) => (e.hint ? `${e.message} (${e.hint})` : e.message));
  return said.join("; ") || undefined;
};

/** A failure that no field of a form shows; null when the fields say it all. */
export function beside(problem: unknown, pointers: readonly string[]): unknown {
  if (!(problem instanceof ApiProblem) || problem.errors.length === 0) return problem;
  const shown = (pointer: string) => pointers.some((p) => pointer === p || pointer.startsWith(`${p}/`));
  return problem.errors.every((e) => shown(e.pointer)) ? null : problem;
}
