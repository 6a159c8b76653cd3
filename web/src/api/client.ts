import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type FieldError = { pointer: string; message: string; hint?: string };

/** What the server answers when it refuses: RFC 9457 problem details. Status 0: no answer came. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    /** What uses the thing that is to go, in words: "workflow welcome (draft)". */
    readonly users: string[] = [],
  ) {
    super(detail || title);
    this.name = "ApiProblem";
  }

  /** The errors at a field and below it. */
  at(pointer: string): FieldError[] {
    return this.errors.filter((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`));
  }
}

/** The typed client. It carries the session cookie; nothing else proves who one is. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests may put a server in its place.
  fetch: (request) => globalThis.fetch(request),
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Unwraps an answer of the client: the data, or an ApiProblem thrown. */
export async function call<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data } = await callWithResponse(request);
  return data;
}

/** Like call, with the headers (ETag, Location) beside the data. */
export async function callWithResponse<T>(request: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiProblem(
      0,
      "offline",
      "Fermata does not answer",
      "The server cannot be reached. Nothing was lost; try again.",
    );
  }
  if (!answer.response.ok) throw asProblem(answer.response, answer.error);
  return { data: answer.data as T, response: answer.response };
}

/** Reads a problem out of what came with a failed answer. */
export function asProblem(response: Response, body: unknown): ApiProblem {
  const p = (typeof body === "object" && body !== null ? body : {}) as Partial<Schemas["Problem"]>;
  if (response.status >= 502 && response.status <= 504 && !p.title) {
    return new ApiProblem(
      0,
      "offline",
      "Fermata does not answer",
      "The server cannot be reached. Nothing was lost; try again.",
    );
  }
  return new ApiProblem(
    response.status,
    p.type ?? "",
    p.title ?? `The server answered ${response.status}`,
    p.detail ?? "",
    (p.errors ?? []) as FieldError[],
    p.users ?? [],
  );
}

/** A key under which a request may be repeated without being carried out twice. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}
