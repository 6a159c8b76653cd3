import type { Workflow } from "./queries";

export const statuses = ["active", "paused", "draft", "stopped", "archived"] as const;
export type Status = (typeof statuses)[number];

export function isStatus(value: unknown): value is Status {
  return statuses.some((status) => status === value);
}

/** Whether a workflow is among those that are looked for; archived ones only when they are asked for. */
export function fits(
  w: Pick<Workflow, "key" | "name" | "folder" | "status">,
  status: Status | undefined,
  text: string,
): boolean {
  if (status ? w.status !== status : w.status === "archived") return false;
  const find = text.trim().toLowerCase();
  return [w.name, w.key, w.folder].some((part) => part.toLowerCase().includes(find));
}

/** The errors that stand between a draft and its publication. */
export function errorsOf(w: Pick<Workflow, "draft">): number {
  return w.draft.problems.filter((p) => p.severity === "error").length;
}
