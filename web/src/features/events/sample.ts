import type { Schemas } from "@/api";

type Key = Schemas["EventDataKey"];

const samples: Record<string, unknown> = {
  amount: 49,
  value: 49,
  currency: "USD",
  progress: 50,
  attempt: 1,
  product: "program-a",
  product_name: "Program A",
  course: "program-a",
  form: "newsletter",
};

/** Data with every documented key and a value that fits its type, to be changed at will. */
export function sampleData(keys: readonly Key[], now: Date = new Date()): Record<string, unknown> {
  return Object.fromEntries(keys.map((k) => [k.key, sampleOf(k, now)]));
}

function sampleOf({ key, type }: Key, now: Date): unknown {
  const known = samples[key];
  if (known !== undefined) return known;
  if (type === "number") return 1;
  if (type === "boolean") return false;
  if (type === "date") return now.toISOString().replace(/\.\d+Z$/, "Z");
  if (type === "list") return [];
  if (type === "object") return {};
  if (key.endsWith("_id")) return "test-1";
  if (key.endsWith("url")) return "https://example.com/";
  return "";
}

/** Reads data that somebody wrote; the message says where it is no JSON object. */
export function readData(text: string): { data: Record<string, unknown> } | { error: string } {
  if (text.trim() === "") return { data: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { data: value as Record<string, unknown> };
    }
    return { error: 'Data must be an object: {"key": "value"}.' };
  } catch (problem) {
    return { error: `This is not JSON: ${problem instanceof Error ? problem.message : String(problem)}` };
  }
}
