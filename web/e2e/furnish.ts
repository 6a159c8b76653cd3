import { type Program, until } from "./program";

/** Fills a program with what its pages show, and returns the pages: name of the picture, path. */
export async function furnish(program: Program): Promise<[string, string][]> {
  for (const key of ["post-purchase", "agency-onboarding", "order-status"]) {
    await program.call("POST", `/v1/templates/${key}/install`, {});
  }
  await program.call("POST", "/v1/workflows/post-purchase/publish", {});
  await program.call("POST", "/v1/workflows/agency-onboarding/publish", {});
  await program.call("POST", "/v1/contacts", {
    email: "ana@example.com",
    first_name: "Ana",
    last_name: "Berg",
    timezone: "Europe/Berlin",
    fields: { plan: "pro" },
  });
  await program.call("POST", "/v1/events", {
    type: "contract.signed",
    contact: { email: "ana@example.com" },
    data: { contract_id: "C-1", plan: "retainer", amount: 4800, currency: "USD" },
  });
  let enrollment = "";
  await until("the enrollment waits", async () => {
    const list = await program.call<{ items: { id: string; status: string }[] }>(
      "GET",
      "/v1/enrollments?workflow=agency-onboarding",
    );
    enrollment = list.items[0]?.id ?? "";
    return list.items[0]?.status === "waiting";
  });
  const contact = (await program.call<{ items: { id: string }[] }>("GET", "/v1/contacts?email=ana@example.com"))
    .items[0]?.id;
  await program.call("POST", "/v1/deals", {
    title: "Website",
    pipeline: "sales",
    contact,
    value: 4800,
    currency: "USD",
  });
  return [
    ["workflows", "/workflows"],
    ["builder", "/workflows/agency-onboarding"],
    ["gallery", "/gallery"],
    ["gallery-wizard", "/gallery?use=agency-onboarding"],
    ["enrollments", "/enrollments"],
    ["enrollment", `/enrollments/${enrollment}`],
    ["contacts", "/contacts"],
    ["contact", `/contacts/${contact}`],
    ["contacts-import", "/contacts/import"],
    ["events", "/events"],
    ["pipelines", "/pipelines?pipeline=sales"],
    ["mail", "/mail"],
    ["mail-template", "/mail/new"],
    ["settings", "/settings"],
    ["settings-keys", "/settings?tab=keys"],
    ["settings-secrets", "/settings?tab=secrets"],
    ["settings-suppressions", "/settings?tab=suppressions"],
    ["settings-audit", "/settings?tab=audit"],
    ["settings-engine", "/settings?tab=engine"],
    ["sink", "/sink"],
  ];
}
