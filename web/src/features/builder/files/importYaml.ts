import { asProblem } from "@/api";
import { readWorkflow } from "../queries";

/**
 * Reads a definition that was written as JSON or YAML. YAML is read by the server, which keeps it as the draft of the
 * workflow; its key is replaced by the workflow's own.
 */
export async function importYaml(key: string, text: string): Promise<unknown> {
  const json = parsed(text);
  if (json !== undefined) return json;
  const before = await readWorkflow(key);
  const headers = { "Content-Type": "application/yaml", "If-Match": `"${before.draft.etag}"` };
  const response = await fetch(`/v1/workflows/${encodeURIComponent(key)}`, {
    method: "PUT",
    credentials: "same-origin",
    headers,
    body: withKey(text, key),
  });
  if (!response.ok) throw asProblem(response, await response.json().catch(() => null));
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
