import { useQuery } from "@tanstack/react-query";
import { type ApiProblem, asProblem } from "./client";

export type Scope = "events" | "viewer" | "editor" | "publisher" | "admin";
export type Session = { person: string; scopes: Scope[]; expires_at?: string | null; dev?: boolean };

const rank: Record<Scope, number> = { events: 0, viewer: 1, editor: 2, publisher: 3, admin: 4 };

/** Whether scopes allow what needs a scope: each holds those below it, `events` stands alone. */
export function allows(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.some((have) => {
    if (needed === "events") return have === "events" || rank[have] >= rank.editor;
    return have !== "events" && rank[have] >= rank[needed];
  });
}

const marker = "fermata_session_open";

/** Whether there may be a session. The cookie itself is hidden from scripts; the server sets a mark beside it. */
function mayHaveSession(): boolean {
  return document.cookie.split("; ").includes(`${marker}=1`);
}

function forgetSession() {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
  document.cookie = `${marker}=; Max-Age=0; Path=/`;
}

async function request(method: string, body?: unknown): Promise<Session | null> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  const response = await fetch("/v1/session", init);
  if (method === "GET" && response.status === 401) {
    forgetSession();
    return null;
  }
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw asProblem(response, answer);
  return answer as Session | null;
}

export const signIn = (proof: { key: string } | { code: string }) => request("POST", proof);
export async function signOut() {
  await request("DELETE");
  forgetSession();
}

export const sessionQuery = {
  queryKey: ["session"],
  queryFn: () => (mayHaveSession() ? request("GET") : null),
  staleTime: 60_000,
  retry: (count: number, problem: Error | ApiProblem) => count < 3 && (problem as ApiProblem).status !== 401,
};

/** Who is signed in and what that person may do. */
export function useSession() {
  const { data, isPending, error } = useQuery(sessionQuery);
  const scopes = data?.scopes ?? [];
  const may = (scope: Scope) => allows(scopes, scope);
  /** Why a person may not do what needs a scope, as a sentence; null: they may. */
  const lacks = (scope: Scope) => (may(scope) ? null : `Needs the scope ${scope}.`);
  return { session: data ?? null, isPending, error, may, lacks };
}
