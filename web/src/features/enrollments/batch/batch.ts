import { api, call, idempotencyKey, type Schemas } from "@/api";
import type { Job } from "@/features/jobs";
import type { Enrollment, Filter } from "../filter";
import type { Action, Details } from "../operate/actions";

export type BatchFilter = Schemas["BatchFilter"];
export type Preview = Schemas["BatchPreview"];

/** Whom an action is for: rows by their ids, or all that a filter selects. */
export type Choice = { by: "rows"; rows: readonly Enrollment[] } | { by: "filter"; filter: Filter };

/** How many rows can be named; more are selected by a filter. */
export const mostRows = 1_000;

export const filterOf = (choice: Choice): BatchFilter =>
  choice.by === "rows" ? { ids: choice.rows.map((e) => e.id) } : choice.filter;

/** The one workflow, and version if there is one only, that all who are chosen are in; null: there are several. */
export function scopeOf(choice: Choice): { workflow: string; version?: number } | null {
  const from = choice.by === "filter" ? [choice.filter] : choice.rows;
  const workflow = from[0]?.workflow;
  if (!workflow || from.some((e) => e.workflow !== workflow)) return null;
  const version = from[0]?.version;
  return version && from.every((e) => e.version === version) ? { workflow, version } : { workflow };
}

/** Why an action cannot be given to those who are chosen, or null. */
export function forbidden(action: Action, choice: Choice): string | null {
  if (choice.by === "filter" && Object.keys(choice.filter).length === 0) return "Narrow the list by a filter first.";
  if (choice.by === "rows" && choice.rows.length > mostRows) return "At most 1,000 rows; use a filter for more.";
  if (action === "move" && scopeOf(choice) === null) return "A step belongs to one workflow: choose one in the filter.";
  return null;
}

/** What is to be done, and for whom. */
export type Order = Omit<Schemas["BatchRequest"], "dry_run" | "rate">;

/** The order as the server wants it; what was not said is left out. */
export function orderOf(action: Action, choice: Choice, details: Details): Order {
  const { reason, outcome, node } = details;
  const body: Order = { action, filter: filterOf(choice) };
  if (reason && (action === "exit" || action === "hold")) body.reason = reason;
  if (outcome && action === "exit") body.outcome = outcome;
  if (node && action === "move") body.node = node;
  return body;
}

/** Counts what an order would do. */
export const previewBatch = async (order: Order, signal: AbortSignal): Promise<Preview> =>
  asPreview(await call(api.POST("/v1/enrollments/batch", { body: { ...order, dry_run: true }, signal })));

/** Starts the job that carries an order out, at a pace; "" is the usual one. */
export const startBatch = async (order: Order, rate: string): Promise<Job> => {
  const params = { header: { "Idempotency-Key": idempotencyKey() } };
  const body = { ...order, dry_run: false, ...(rate ? { rate } : {}) };
  return asJob(await call(api.POST("/v1/enrollments/batch", { params, body })));
};

/** The answer to a dry run is no job, and the other way round. */
export function asPreview(answer: Preview | Job): Preview {
  if ("matched" in answer) return answer;
  throw new TypeError("the server answered a job where counts were asked for");
}

export function asJob(answer: Preview | Job): Job {
  if ("matched" in answer) throw new TypeError("the server answered counts where a job was asked for");
  return answer;
}
