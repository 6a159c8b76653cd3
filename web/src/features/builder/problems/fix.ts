import { ApiProblem, asProblem, idempotencyKey, type Scope } from "@/api";
import type { Problem } from "../queries";

type Fix = NonNullable<Problem["fix"]>;

/** What a fix does, as the words of its button; null for one that the page does not know. */
export function fixWords(fix: Fix): string | null {
  const { resource, id } = partsOf(fix);
  const key = id ?? keyIn(fix.body);
  const noun = nouns[resource];
  if (!noun) return null;
  const words = fix.method === "PATCH" ? `Add what is missing to ${noun} ${key}` : `Create ${noun} ${key}`;
  return askedBy(fix).length > 0 ? `${words} …` : words;
}

/** Something that only a person can say; `name` is its place in the body of the fix. */
export type Asked = { name: string; label: string; kind: "line" | "text" | "secret" | "condition" };

/** What a person has to say before a fix can be carried out; mostly nothing. */
export function askedBy(fix: Fix): readonly Asked[] {
  return asked[partsOf(fix).resource] ?? [];
}

/** The scope that a fix needs. */
export function scopeOf(fix: Fix): Scope {
  return partsOf(fix).resource === "secrets" ? "admin" : "editor";
}

const asked: Record<string, readonly Asked[]> = {
  "email-templates": [
    { name: "subject", label: "Subject", kind: "line" },
    { name: "text", label: "Text of the mail", kind: "text" },
  ],
  segments: [{ name: "filter", label: "Who is in it", kind: "condition" }],
  secrets: [{ name: "value", label: "Value", kind: "secret" }],
};

function partsOf(fix: Fix): { resource: string; id: string | undefined } {
  const [, resource = "", id] = fix.path.match(/^\/v1\/([a-z-]+)(?:\/([^/]+))?$/) ?? [];
  return { resource, id };
}

const nouns: Record<string, string> = {
  pipelines: "pipeline",
  courses: "course",
  segments: "segment",
  "email-templates": "mail template",
  workflows: "workflow",
  secrets: "secret",
};

function keyIn(body: unknown): string {
  return typeof body === "object" && body !== null && "key" in body ? String(body.key) : "";
}

/** Makes the call that the server proposed, with what a person gave. It stays on this server, whatever the path says. */
export async function carryOut(fix: Fix, given: Record<string, unknown> = {}): Promise<void> {
  if (!/^\/v1(\/[\w~%-][\w.~%-]*)+$/.test(fix.path)) {
    throw new ApiProblem(0, "", "This repair cannot be carried out", "Its address is not one of this program.");
  }
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (fix.method === "POST") headers["Idempotency-Key"] = idempotencyKey();
  const response = await fetch(fix.path, {
    method: fix.method,
    credentials: "same-origin",
    headers,
    body: JSON.stringify(Object.assign({}, fix.body, given)),
  });
  if (!response.ok) throw asProblem(response, await response.json().catch(() => null));
}
