import { asProblem, idempotencyKey } from "@/api";
import { readWorkflow, type Workflow } from "../queries";

/** Creates the workflow that a text describes, as JSON or YAML. */
export async function createFromText(text: string): Promise<Workflow> {
  const type = parsed(text) === undefined ? "application/yaml" : "application/json";
  const headers = { "Content-Type": type, "Idempotency-Key": idempotencyKey() };
  return (await send("POST", "/v1/workflows", headers, text)) as Workflow;
}

async function send(method: string, path: string, headers: Record<string, string>, body: string): Promise<unknown> {
  const response = await fetch(path, { method, credentials: "same-origin", headers, body });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw asProblem(response, answer);
  return answer;
}

/**
 * Reads a definition that was written as JSON or YAML. YAML is read by the server, which keeps it as the draft of the
 * workflow; its key is replaced by the workflow's own.
 */
export async function importYaml(key: string, text: string): Promise<unknown> {
  const json = parsed(text);
  if (json !== undefined) return json;
  const before = await readWorkflow(key);
  const headers = { "Content-Type": "application/yaml", "If-Match": `"${before.draft.etag}"` };
  await send("PUT", `/v1/workflows/${encodeURIComponent(key)}`, headers, withKey(text, key));
  return (await readWorkflow(key)).draft.definition;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same YAML under another key. */
export function withKey(yaml: string, key: string): string {
  const line = /^(["']?)key\1[ \t]*:.*$/m;
  return line.test(yaml) ? yaml.replace(line, `key: ${key}`) : `key: ${key}\n${yaml}`;
}
