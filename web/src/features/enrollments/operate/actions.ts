import { api, call } from "@/api";
import type { Enrollment } from "../filter";

export type Action = "exit" | "skip" | "retry" | "release" | "hold" | "move";
export type Outcome = "success" | "neutral" | "failed";

/** What a person says along with an action. Version belongs to the move of one enrollment. */
export type Details = { reason?: string; outcome?: Outcome; port?: string; node?: string; version?: number };

export const actions: Record<Action, { label: string; does: string }> = {
  release: { label: "Release", does: "Lets who is held go on: out of a hold step, or from where a person held them." },
  retry: { label: "Retry", does: "Carries out the held step again. What is done stays done." },
  skip: { label: "Skip", does: "Leaves the step where it stands, without carrying it out, and goes on." },
  hold: { label: "Hold", does: "Keeps it where it is: no further step until it is released. Exits still end it." },
  move: { label: "Move", does: "Leaves whatever it stands at, and begins another step." },
  exit: { label: "Exit", does: "Ends the enrollment at once, wherever it is. Nothing more is sent." },
};

export const actionNames = ["release", "retry", "skip", "hold", "move", "exit"] as const satisfies Action[];

/**
 * Why an action does not fit the state of an enrollment, or null. The server has the last word: a list shows
 * no types of steps, so whether a held one is a hold node is known only when `type` is.
 */
export function refusal(action: Action, e: Enrollment, type?: string): string | null {
  if (e.ended_at) return "The enrollment has ended.";
  if (action === "exit" || action === "move") return null;
  if (action === "hold") return e.status === "held" ? "It is held already." : null;
  if (action === "retry" && e.wedged) return null;
  if (action === "release" && e.status === "held") {
    return e.reason === "step_failed" ? "The step has failed; retry or skip it instead." : null;
  }
  if (!e.node) return "The enrollment is at its start; no step is open.";
  if (action === "skip") return null;
  if (e.status !== "held") {
    return action === "retry" ? "Only a held step can be retried." : "The enrollment does not stand at a hold.";
  }
  if (action === "retry" && type === "hold") return "The step has not failed; release it instead.";
  return null;
}

/** What is still to be said before an action can be carried out, or null. */
export const lacking = (action: Action, details: Details) =>
  action === "move" && !details.node ? "Choose the step first." : null;

/** Carries out an action and answers how the enrollment stands then. */
export function operate(action: Action, id: string, details: Details): Promise<Enrollment> {
  const params = { path: { id } };
  const port = details.port ? { port: details.port } : {};
  const reason = details.reason ? { reason: details.reason } : {};
  switch (action) {
    case "exit": {
      const body = { ...reason, outcome: details.outcome ?? "neutral" };
      return call(api.POST("/v1/enrollments/{id}/exit", { params, body }));
    }
    case "skip":
      return call(api.POST("/v1/enrollments/{id}/skip", { params, body: port }));
    case "release":
      return call(api.POST("/v1/enrollments/{id}/release", { params, body: port }));
    case "retry":
      return call(api.POST("/v1/enrollments/{id}/retry", { params }));
    case "hold":
      return call(api.POST("/v1/enrollments/{id}/hold", { params, body: reason }));
    case "move": {
      const version = details.version ? { version: details.version } : {};
      return call(api.POST("/v1/enrollments/{id}/move", { params, body: { node: details.node ?? "", ...version } }));
    }
  }
}
