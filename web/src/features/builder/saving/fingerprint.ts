/**
 * A short name of a JSON value that does not depend on the order of keys. It recognises what this
 * page sent itself; it is no protection against anybody.
 */
export function fingerprint(value: unknown): string {
  const text = canonical(value);
  return `${hash(text, 0x9e3779b9)}${hash(text, 0x85ebca6b)}${text.length.toString(36)}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}

// FNV-1a with a start of its own, 32 bits.
function hash(text: string, start: number): string {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return ((h ^ (h >>> 13)) >>> 0).toString(36);
}
