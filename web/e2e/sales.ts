import { expect } from "vitest";
import { type Program, until } from "./program";

type Spread = { p50_s: number; p90_s: number; avg_s: number };
type Mail = { sent: number; opened: number; clicked: number; bounced: number; open_rate: number; click_rate: number };
/** The figures of the API that the story reads. */
export type Analytics = {
  enrolled: number;
  completed: number;
  time_to_completion: Spread;
  excess_s: { p50: number; p90: number };
  lateness_s: { p50: number; p99: number; max: number };
  saved: { hours: number; amount: number };
  impact: { words: string };
  series: Record<"enrolled" | "finished" | "completed" | "completion_rate" | "steps" | "errors", number | null>[];
  nodes: { node: string; title: string; entries: number; done: number; failed: number; mail?: Mail }[];
};
export const analyticsOf = (program: Program) => program.call<Analytics>("GET", "/v1/workflows/sales/analytics");

/** Three people get a mail, wait, and meet a call that fails and passes on; one of them reads the mail. */
export async function sold(program: Program): Promise<void> {
  await program.call("PATCH", "/v1/account", { currency: "EUR", hourly_cost: 60 });
  await program.call("PUT", "/v1/workflows/sales", {
    schema: 1,
    key: "sales",
    name: "Sales",
    settings: { manual_minutes: 15, owner: "Olga", goal: { event: "sale.made", within: "2s" } },
    triggers: [{ id: "came", event: "lead.came" }],
    start: "mail",
    nodes: {
      mail: {
        type: "email",
        name: "Offer",
        with: {
          subject: "An offer",
          html: '<p>Look at <a href="https://shop.example/offer">the offer</a>.</p>',
          class: "transactional",
          track: true,
        },
        next: "rest",
      },
      rest: { type: "wait", name: "Rest", with: { for: "3s" }, next: "call" },
      call: {
        type: "webhook",
        name: "Tell the till",
        with: { url: `${program.url}/v1/nowhere` },
        on_error: "continue",
        next: { ok: "done" },
      },
      done: { type: "end" },
    },
  });
  await program.call("POST", "/v1/workflows/sales/publish", {});
  for (const who of ["ada", "bob", "cyd"])
    await program.call("POST", "/v1/events", { type: "lead.came", contact: { email: `${who}@example.com` } });
  await program.call("POST", "/v1/events", { type: "sale.made", contact: { email: "ada@example.com" } });
  await until("all have completed", async () => (await analyticsOf(program)).completed === 3);
  // They have waited for longer than programs take that look into every mail.
  const { items } = await program.call<{ items: { id: string }[] }>("GET", "/dev/mail?to=ada@example.com");
  const source = (await (await fetch(`${program.url}/dev/mail/${items[0]?.id}`)).text()).replaceAll(/=\r?\n/g, "");
  const person = {
    headers: { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" },
    redirect: "manual",
  } as const;
  for (const path of ["/o/", "/l/"]) {
    const [address] = new RegExp(`${program.url}${path}[^"\\s]+`).exec(source.replaceAll("=3D", "=")) ?? [];
    expect(address, `an address under ${path} in ${source}`).toBeDefined();
    await fetch(address ?? "", person);
  }
  await until("the mail counts as read", async () => {
    const mail = (await analyticsOf(program)).nodes.find((n) => n.node === "mail")?.mail;
    return mail?.opened === 1 && mail.clicked === 1;
  });
}
