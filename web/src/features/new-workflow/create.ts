import { api, asProblem, call, idempotencyKey, type Schemas } from "@/api";
import type { Definition } from "@/graph";

/** Creates a workflow; its draft is the definition, however incomplete. */
export const createWorkflow = (definition: Definition) =>
  call(
    api.POST("/v1/workflows", {
      params: { header: { "Idempotency-Key": idempotencyKey() } },
      body: definition,
      headers: { "Content-Type": "application/json" },
    }),
  );

/** Creates the workflow that a text describes, as JSON or YAML. */
export async function createFromText(text: string): Promise<Schemas["WorkflowSaved"]> {
  const headers = {
    "Content-Type": isJson(text) ? "application/json" : "application/yaml",
    "Idempotency-Key": idempotencyKey(),
  };
  const response = await fetch("/v1/workflows", { method: "POST", credentials: "same-origin", headers, body: text });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw asProblem(response, answer);
  return answer as Schemas["WorkflowSaved"];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
