import { expect } from "vitest";
import { seriousFindings, type Window } from "../browser";
import { type Program, until } from "../program";
import { foreignMarkup } from "./innocent";
import { hostile } from "./typed";
import type { World } from "./world";

type Mail = { id: string; text: string; html: string };

/** Asks once more: a contact comes to where somebody has to answer. */
async function ask(program: Program): Promise<void> {
  const names = { first_name: hostile.slice(0, 80), last_name: hostile.slice(0, 80) };
  const { id } = await program.call<{ id: string }>("POST", "/v1/contacts", { email: "asked@example.com", ...names });
  await program.call("POST", "/v1/workflows/flow/enrollments", { contacts: [{ id }] });
  await until("the question stands", async () => {
    const { items } = await program.call<{ items: { status: string }[] }>("GET", `/v1/enrollments?contact=${id}`);
    return items[0]?.status === "waiting";
  });
}

/** The addresses in the mails that went out which lead to a page of the program. */
async function linked(program: Program): Promise<string[]> {
  const { items } = await program.call<{ items: Mail[] }>("GET", "/dev/mail?limit=100");
  const found = items.flatMap(({ text, html }) => `${text} ${html}`.match(/\/(u|answer)\/[\w.~-]+/g) ?? []);
  const one = (kind: string) => found.find((path) => path.startsWith(kind)) ?? "";
  expect([one("/u/"), one("/answer/")]).not.toContain("");
  return [one("/u/"), one("/answer/"), `/dev/mail/${items[0]?.id}`];
}

/** Opens what the program shows outside of its page: what is wrong there, with the texts and for axe. */
export async function outside(window: Window, program: Program, world: World): Promise<string[]> {
  const { page } = window;
  await ask(program);
  const text = encodeURIComponent(hostile);
  const found: string[] = [];
  const look = async (path: string) => {
    found.push(...(await foreignMarkup(page)));
    if (/^\/(u|answer)\//.test(path)) found.push(...(await seriousFindings(page)));
  };
  const [unsubscribe = "", answer = "", raw = ""] = await linked(program);
  const broken = [`/u/${text}`, `/answer/${text}`, `/l/${text}?to=javascript:xss()`, `/o/${text}`];
  const data = [raw, "/dev/mail?limit=100", `/dev/mail/${text}`, "/docs", "/openapi.json", `/v1/${text}`];
  const rows = [`/v1/contacts/${text}`, `/v1/contacts/${world.rounds[0]?.contact}`, `/v1/contacts?limit=${text}`];
  for (const path of [unsubscribe, answer, ...broken, ...data, ...rows]) {
    await page.goto(path);
    await look(path);
  }
  for (const [path, words] of [
    [answer, "Approve"],
    [unsubscribe, "Unsubscribe"],
  ] as const) {
    await page.goto(path);
    await page.getByRole("button", { name: words }).click();
    await page
      .getByText(/^(Approved|You are unsubscribed)/)
      .first()
      .waitFor();
    await look(path);
  }
  return found;
}
