import { ApiProblem, asProblem, idempotencyKey } from "@/api";
import type { Problem } from "../queries";

type Fix = NonNullable<Problem["fix"]>;

/** What a fix does, as the words of its button; null for one that a person has to complete. */
export function fixWords(fix: Fix): string | null {
  const [, resource = "", id] = fix.path.match(/^\/v1\/([a-z-]+)(?:\/([^/]+))?$/) ?? [];
  const key = id ?? keyIn(fix.body);
  const noun = nouns[resource];
  if (!noun || resource === "secrets") return null;
  return fix.method === "PATCH" ? `Add what is missing to ${noun} ${key}` : `Create ${noun} ${key}`;
}

const nouns: Record<string, string> = {
  pipelines: "pipeline",
  courses: "course",
  segments: "segment",
  "email-templates": "mail template",
  workflows: "workflow",
};

function keyIn(body: unknown): string {
  return typeof body === "object" && body !== null && "key" in body ? String(body.key) : "";
}

/** Makes the call that the server proposed. It stays on this server, whatever the path says. */
export async function carryOut(fix: Fix): Promise<void> {
  if (!/^\/v1(\/[\w~%-][\w.~%-]*)+$/.test(fix.path)) {
    throw new ApiProblem(0, "", "This repair cannot be carried out", "Its address is not one of this program.");
  }
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (fix.method === "POST") headers["Idempotency-Key"] = idempotencyKey();
  const response = await fetch(fix.path, {
    method: fix.method,
    credentials: "same-origin",
    headers,
    body: JSON.stringify(fix.body ?? {}),
  });
  if (!response.ok) throw asProblem(response, await response.json().catch(() => null));
}
