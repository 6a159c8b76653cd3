import { api, call, type Schemas } from "@/api";

export type Workflow = Schemas["Workflow"];
export type Resumption = Schemas["ResumeRequest"];

const path = (key: string) => ({ params: { path: { key } } });

/** Keys of what the server answers about one workflow; the list of all has ["workflows"]. */
export const workflowKey = (key: string) => ["workflow", key];

export const readWorkflow = async (key: string, signal?: AbortSignal): Promise<Workflow> => {
  const answer = await call(api.GET("/v1/workflows/{key}", { ...path(key), ...(signal && { signal }) }));
  if (typeof answer === "string") throw new TypeError("the server answered text where JSON was asked for");
  return answer;
};

export const pause = (key: string, clocks: "run" | "freeze", dryRun: boolean) =>
  call(
    api.POST("/v1/workflows/{key}/pause", { params: { path: { key }, query: { dry_run: dryRun } }, body: { clocks } }),
  );

export const resume = (key: string, body: Resumption, dryRun: boolean) =>
  call(api.POST("/v1/workflows/{key}/resume", { params: { path: { key }, query: { dry_run: dryRun } }, body }));

export const stop = (key: string, inFlight: "finish" | "exit") =>
  call(api.POST("/v1/workflows/{key}/stop", { ...path(key), body: { in_flight: inFlight } }));

export const start = (key: string) => call(api.POST("/v1/workflows/{key}/start", path(key)));

export const archive = (key: string, inFlight?: "finish" | "exit") =>
  call(
    api.DELETE("/v1/workflows/{key}", { params: { path: { key }, query: inFlight ? { in_flight: inFlight } : {} } }),
  );
