import { queryOptions } from "@tanstack/react-query";
import { api, call, idempotencyKey, type Schemas } from "@/api";
import { usePages } from "@/shared";

export type Alarm = Schemas["Alarm"];
export type Kind = Schemas["AlarmKind"];
export type Change = Schemas["AlarmChange"];
export type Notice = Schemas["AlarmNotice"];
export type AlarmSettings = Schemas["AlarmSettings"];
export type SettingsPatch = Schemas["AlarmSettingsPatch"];
export type Channel = Schemas["AlarmChannel"];
export type ChannelInput = Schemas["AlarmChannelInput"];

export const keys = {
  all: ["alarms"] as const,
  open: (workflow?: string) => ["alarms", "open", ...(workflow ? [workflow] : [])] as const,
  ended: (workflow?: string) => ["alarms", "ended", ...(workflow ? [workflow] : [])] as const,
  told: (id: string) => ["alarms", "told", id] as const,
  settings: ["alarm-settings"] as const,
  channels: ["alarm-channels"] as const,
};

const of = (workflow: string | undefined) => (workflow ? { workflow } : {});

/** What is open, of one workflow or of all, the newest first; at most a hundred. */
export const openAlarmsQuery = (workflow?: string) =>
  queryOptions({
    queryKey: keys.open(workflow),
    queryFn: ({ signal }) =>
      call(api.GET("/v1/alarms", { params: { query: { open: true, limit: 100, ...of(workflow) } }, signal })),
  });

/** What is over, newest first, page by page. */
export const useEndedAlarms = (workflow?: string) =>
  usePages<Alarm>(keys.ended(workflow), (cursor, signal) =>
    call(
      api.GET("/v1/alarms", {
        params: { query: { open: false, limit: 20, ...of(workflow), ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );

/** One alarm with what was told about it. */
export const toldQuery = (id: string) =>
  queryOptions({
    queryKey: keys.told(id),
    queryFn: ({ signal }) => call(api.GET("/v1/alarms/{id}", { params: { path: { id } }, signal })),
  });

export const acknowledge = (id: string, note: string) =>
  call(api.POST("/v1/alarms/{id}/acknowledge", { params: { path: { id } }, body: note ? { note } : {} }));

/** When there is an alarm: of a workflow, or of the account under null. */
export const alarmSettingsQuery = (workflow: string | null) =>
  queryOptions({
    queryKey: [...keys.settings, workflow],
    queryFn: ({ signal }) =>
      workflow === null
        ? call(api.GET("/v1/alarm-settings", { signal }))
        : call(api.GET("/v1/workflows/{key}/alarm-settings", { params: { path: { key: workflow } }, signal })),
  });

/** Changes the limits of a workflow, or of the account under null. */
export const patchAlarmSettings = (workflow: string | null, body: SettingsPatch) =>
  workflow === null
    ? call(api.PATCH("/v1/alarm-settings", { body }))
    : call(api.PATCH("/v1/workflows/{key}/alarm-settings", { params: { path: { key: workflow } }, body }));

/** Every channel; there are few. Only administrators may ask. */
export const channelsQuery = (may: boolean) =>
  queryOptions({
    queryKey: keys.channels,
    queryFn: ({ signal }) => call(api.GET("/v1/alarm-channels", { params: { query: { limit: 500 } }, signal })),
    enabled: may,
  });

export const makeChannel = (body: ChannelInput) =>
  call(api.POST("/v1/alarm-channels", { params: { header: { "Idempotency-Key": idempotencyKey() } }, body }));

export const changeChannel = (id: string, body: Schemas["AlarmChannelPatch"]) =>
  call(api.PATCH("/v1/alarm-channels/{id}", { params: { path: { id } }, body }));

export const removeChannel = (id: string) => call(api.DELETE("/v1/alarm-channels/{id}", { params: { path: { id } } }));

export const testChannel = (id: string) => call(api.POST("/v1/alarm-channels/{id}/test", { params: { path: { id } } }));

/** Workflows to choose from, by key. */
export const workflowOptionsQuery = queryOptions({
  queryKey: ["workflows", "options"],
  queryFn: ({ signal }) => call(api.GET("/v1/workflows", { params: { query: { limit: 500 } }, signal })),
  select: (list: Schemas["WorkflowList"]) => list.items.map((w) => ({ value: w.key, label: w.name || w.key })),
  staleTime: 30_000,
});

/** How steps and channels name the secrets that are there. */
export const secretNamesQuery = queryOptions({
  queryKey: ["secrets", "names"],
  queryFn: ({ signal }) => call(api.GET("/v1/secrets", { signal })),
  select: (list: Schemas["SecretList"]) => list.items.map((s) => `secret:${s.name}`),
});
