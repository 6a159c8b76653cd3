import { api, call, type Schemas } from "@/api";

export type Modes = { waits: "compressed" | "real"; sends: "sink" | "real" };

/** Starts a test of the saved draft for one contact; it is marked as a test and never counted. */
export async function startTest(
  workflow: string,
  contact: string,
  data: Record<string, unknown>,
  modes: Modes,
  key: string,
): Promise<Schemas["EnrollItem"] | undefined> {
  const answer = await call(
    api.POST("/v1/workflows/{key}/enrollments", {
      params: { path: { key: workflow }, header: { "Idempotency-Key": key } },
      body: { contacts: [contact], data, test: true, ...modes },
    }),
  );
  return "items" in answer ? answer.items[0] : undefined;
}
