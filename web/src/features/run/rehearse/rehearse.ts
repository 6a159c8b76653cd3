import { ApiProblem, asProblem, type Schemas } from "@/api";
import { eventsOf } from "../sse";
import type { Request } from "./request";

export type RehearsedStep = Schemas["RehearseStep"];
export type Rehearsal = Schemas["RehearseResult"];

/** Rehearses the saved draft. Steps are handed over as they come; the answer is the whole result. */
export async function rehearse(
  workflow: string,
  request: Request,
  onStep: (step: RehearsedStep) => void,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const response = await send(workflow, request, signal);
  if (!response.ok) throw asProblem(response, await response.json().catch(() => null));
  const steps: RehearsedStep[] = [];
  const take = (step: RehearsedStep) => {
    steps.push(step);
    onStep(step);
  };
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    const whole = (await response.json()) as Rehearsal;
    whole.steps.forEach(take);
    return whole;
  }
  for await (const { event, data } of eventsOf(response)) {
    if (event === "step") take(JSON.parse(data) as RehearsedStep);
    if (event === "result") return { ...(JSON.parse(data) as Rehearsal), steps };
  }
  throw new ApiProblem(0, "offline", "The rehearsal broke off", "The answer ended before its result. Try again.");
}

async function send(workflow: string, request: Request, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(`/v1/workflows/${encodeURIComponent(workflow)}/rehearse`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream, application/problem+json" },
      body: JSON.stringify(request),
      signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiProblem(0, "offline", "Fermata does not answer", "The server cannot be reached. Try again.");
  }
}
