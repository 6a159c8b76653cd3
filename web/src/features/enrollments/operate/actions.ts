import { api, call } from "@/api";
import type { Enrollment } from "../filter";

export type Action = "exit" | "skip" | "retry" | "release";
export type Outcome = "success" | "neutral" | "failed";

/** What a person says along with an action. */
export type Details = { reason?: string; outcome?: Outcome; port?: string };

export const actions: Record<Action, { label: string; does: string }> = {
  release: { label: "Release", does: "Lets the enrollment out of the hold it stands at." },
  retry: { label: "Retry", does: "Carries out the held step again. What is done stays done." },
  skip: { label: "Skip", does: "Leaves the step where it stands, without carrying it out, and goes on." },
  exit: { label: "Exit", does: "Ends the enrollment at once, wherever it is. Nothing more is sent." },
};

export const actionNames = ["release", "retry", "skip", "exit"] as const satisfies Action[];

/**
 * Why an action does not fit the state of an enrollment, or null. The server has the last word: a list shows
 * no types of steps, so whether a held one is a hold node is known only when `type` is.
 */
export function refusal(action: Action, e: Enrollment, type?: string): string | null {
  if (e.ended_at) return "The enrollment has ended.";
  if (action === "exit") return null;
  if (action === "retry" && e.wedged) return null;
  if (!e.node) return "The enrollment is at its start; no step is open.";
  if (action === "skip") return null;
  if (e.status !== "held") {
    return action === "retry" ? "Only a held step can be retried." : "The enrollment does not stand at a hold.";
  }
  if (action === "retry" && type === "hold") return "The step has not failed; release it instead.";
  if (action === "release" && type !== undefined && type !== "hold") {
    return "The step has failed; retry or skip it instead.";
  }
  if (action === "release" && type === undefined && e.reason === "step_failed") {
    return "The step has failed; retry or skip it instead.";
  }
  return null;
}

/** Carries out an action and answers how the enrollment stands then. */
export function operate(action: Action, id: string, details: Details): Promise<Enrollment> {
  const params = { path: { id } };
  const port = details.port ? { port: details.port } : {};
  switch (action) {
    case "exit": {
      const body = { ...(details.reason ? { reason: details.reason } : {}), outcome: details.outcome ?? "neutral" };
      return call(api.POST("/v1/enrollments/{id}/exit", { params, body }));
    }
    case "skip":
      return call(api.POST("/v1/enrollments/{id}/skip", { params, body: port }));
    case "release":
      return call(api.POST("/v1/enrollments/{id}/release", { params, body: port }));
    case "retry":
      return call(api.POST("/v1/enrollments/{id}/retry", { params }));
  }
}
