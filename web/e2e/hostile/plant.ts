import { type Program, until } from "../program";
import { filler, type Schema } from "./fill";

type Media = { schema: Schema; example?: unknown };
type Operation = { operationId: string; requestBody?: { content: Record<string, Media> } };
export type Document = { paths: Record<string, Record<string, Operation>> };

type Body = Record<string, unknown>;

/** An operation that takes texts, with a body that is full of them. */
export type Write = { id: string; method: string; path: string; texts: number; body: Body; example: Body };

type Problem = { detail?: string; errors?: { pointer: string; message: string }[] };

const object = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `over` laid over `under`, whose parts stay where it has none. */
export function merged(under: unknown, over: unknown): unknown {
  if (!object(under) || !object(over)) return over === undefined ? under : over;
  const both = { ...under };
  for (const [key, value] of Object.entries(over)) both[key] = merged(both[key], value);
  return both;
}

/** What the document of the API lets one write, filled with texts. */
export function writes(document: Document, text: (most: number) => string): Write[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    ["post", "put", "patch"].flatMap((method) => {
      const operation = methods[method];
      const media = operation?.requestBody?.content["application/json"];
      let texts = 0;
      const fill = filler(document, (most) => {
        texts++;
        return text(most);
      });
      if (!operation || !media) return [];
      const body = merged(media.example, fill(media.schema));
      const example = object(media.example) ? media.example : {};
      return [{ id: operation.operationId, method, path, texts, body: object(body) ? body : {}, example }];
    }),
  );
}

/** Follows a pointer as far as the body goes: what holds the last of it, and its key there. */
function seek(body: unknown, pointer: string): [Record<string, unknown> | unknown[], string] | null {
  const steps = pointer.split("/").slice(1);
  let found: [Record<string, unknown> | unknown[], string] | null = null;
  let at = body;
  for (const step of steps) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if ((!object(at) && !Array.isArray(at)) || !(key in at)) break;
    found = [at, key];
    at = Reflect.get(at, key);
  }
  return found;
}

/**
 * Sends a write until it is taken: a place whose text is refused gets the value of `instead`, or
 * none. A refusal that does not name such a place fails, and so does everything else but a success.
 */
export async function plant<T>(
  program: Program,
  write: { method: string; path: string; body: unknown },
  instead: unknown,
): Promise<{ answer: T; refused: string[] }> {
  const body = structuredClone(write.body);
  const refused: string[] = [];
  for (;;) {
    const response = await whenFree(() => program.ask(write.method.toUpperCase(), write.path, body));
    const answer = (await response.json().catch(() => null)) as T & Problem;
    if (response.ok) return { answer, refused };
    const named = response.status < 500 ? (answer.errors ?? []) : [];
    const before = JSON.stringify(body);
    for (const { pointer, message } of named) {
      const place = seek(body, pointer);
      if (!place) continue;
      const [holder, key] = place;
      const from = seek(instead, pointer);
      const value = from && from[1] === key ? Reflect.get(from[0], key) : undefined;
      if (value === undefined || value === Reflect.get(holder, key)) Reflect.deleteProperty(holder, key);
      else Reflect.set(holder, key, value);
      refused.push(`${pointer} ${message}`);
    }
    if (JSON.stringify(body) === before)
      throw new Error(`${write.method} ${write.path}: ${response.status} ${JSON.stringify(answer)} of ${before}`);
  }
}

/** Asks again while the program says that it is too busy. */
async function whenFree(ask: () => Promise<Response>): Promise<Response> {
  let response = await ask();
  await until("the program is not busy", async () => {
    if (response.status === 503) response = await ask();
    return response.status !== 503;
  });
  return response;
}
