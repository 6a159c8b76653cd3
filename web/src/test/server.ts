import { vi } from "vitest";

type Answer = unknown | Response;
/** What the server answers to "METHOD /path", :names standing for one segment. Anything not a Response is JSON. */
export type Handlers = Record<string, (request: Request, params: Record<string, string>) => Answer | Promise<Answer>>;

/** Calls that were made: "METHOD /path?query" and the JSON that was sent. */
export type Calls = { call: string; body: unknown }[];

function match(pattern: string, method: string, path: string): Record<string, string> | null {
  const [verb, template = ""] = pattern.split(" ");
  const wanted = template.split("/");
  const given = path.split("/");
  if (verb !== method || wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const here = decodeURIComponent(given[i] ?? "");
    if (part.startsWith(":")) params[part.slice(1)] = here;
    else if (part !== here) return null;
  }
  return params;
}

/** Puts a server made of handlers in the place of fetch until the test ends. What none serves is a 404. */
export function serve(handlers: Handlers): Calls {
  const calls: Calls = [];
  // Says to the page that there is a session to ask for.
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no other way
  document.cookie = "fermata_session_open=1";
  const all: Handlers = { "GET /v1/session": () => ({ person: "Kim", scopes: ["admin"] }), ...handlers };
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, window.location.origin), init);
    const { pathname, search } = new URL(request.url);
    const text = await request.clone().text();
    const json = request.headers.get("Content-Type")?.startsWith("application/json");
    calls.push({ call: `${request.method} ${pathname}${search}`, body: json && text ? JSON.parse(text) : text });
    for (const [pattern, handler] of Object.entries(all)) {
      const params = match(pattern, request.method, pathname);
      if (!params) continue;
      const answer = await handler(request, params);
      return answer instanceof Response ? answer : Response.json(answer);
    }
    return Response.json({ type: "not-found", title: "Not found", status: 404 }, { status: 404 });
  });
  return calls;
}
