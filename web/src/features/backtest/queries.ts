import { queryOptions } from "@tanstack/react-query";
import { api, call, idempotencyKey, type Schemas } from "@/api";

export type Backtest = Schemas["Backtest"];
export type BacktestRequest = Schemas["BacktestRequest"];
export type Result = Schemas["BacktestResult"];

export const keys = {
  list: (workflow: string) => ["backtests", workflow, "list"] as const,
  one: (workflow: string, id: string) => ["backtests", workflow, "one", id] as const,
  workflow: (workflow: string) => ["backtests", workflow, "workflow"] as const,
};

export const isOver = ({ status }: Pick<Backtest, "status">) => status !== "queued" && status !== "running";

/** The latest backtests of a workflow, without their results. */
export const backtestsQuery = (workflow: string) =>
  queryOptions({
    queryKey: keys.list(workflow),
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/workflows/{key}/backtests", {
          params: { path: { key: workflow }, query: { limit: 20 } },
          signal,
        }),
      ),
  });

/** A backtest with its result so far, read again every second until it is over. */
export const backtestQuery = (workflow: string, id: string) =>
  queryOptions({
    queryKey: keys.one(workflow, id),
    queryFn: ({ signal }) =>
      call(api.GET("/v1/workflows/{key}/backtests/{id}", { params: { path: { key: workflow, id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : 1_000),
  });

export const startBacktest = (workflow: string, body: BacktestRequest) =>
  call(
    api.POST("/v1/workflows/{key}/backtest", {
      params: { path: { key: workflow }, header: { "Idempotency-Key": idempotencyKey() } },
      body,
    }),
  );

export const cancelBacktest = (id: string) => call(api.POST("/v1/jobs/{id}/cancel", { params: { path: { id } } }));

/** The workflow, for its name, its versions, and what its steps are called. */
export const workflowQuery = (workflow: string) =>
  queryOptions({
    queryKey: keys.workflow(workflow),
    queryFn: async ({ signal }) => {
      const answer = await call(api.GET("/v1/workflows/{key}", { params: { path: { key: workflow } }, signal }));
      if (typeof answer === "string") throw new TypeError("the server answered text where JSON was asked for");
      return answer;
    },
  });

/** For how many contacts a trigger would go off now; `matches` is null where only an event, a call or a person could tell. */
export const matchesQuery = (workflow: string, trigger: Record<string, unknown>) =>
  queryOptions({
    queryKey: ["backtests", workflow, "matches", trigger],
    queryFn: ({ signal }) => call(api.POST("/v1/preview/trigger", { body: { workflow, trigger }, signal })),
    staleTime: 30_000,
    retry: false,
  });
