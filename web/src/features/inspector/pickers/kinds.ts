import { api, call, idempotencyKey, type Scope } from "@/api";
import { keyOf } from "@/shared";
import type { Option } from "./Picker";

/** Something that a workflow names by its key: how to list it, and how to make one. */
export type Kind = {
  noun: string;
  list: (signal: AbortSignal) => Promise<Option[]>;
  /** Absent where more than a name is needed to make one. */
  create?: { scope: Scope; key: (typed: string) => string; run: (typed: string) => Promise<unknown> };
};

const once = () => ({ header: { "Idempotency-Key": idempotencyKey() } });
const all = { query: { limit: 500 } };
const named = (x: { key: string; name: string }): Option => ({ value: x.key, label: x.name });
const title = (typed: string) => typed.trim().charAt(0).toUpperCase() + typed.trim().slice(1);

/** Where deals go until somebody gives a new pipeline stages of its own. */
const stages = [
  { key: "new", name: "New", kind: "open" as const },
  { key: "won", name: "Won", kind: "won" as const },
  { key: "lost", name: "Lost", kind: "lost" as const },
];

const tags: Kind = {
  noun: "tag",
  list: async (signal) =>
    (await call(api.GET("/v1/tags", { params: all, signal }))).items.map((t) => ({ value: t.name })),
  create: {
    scope: "editor",
    key: (typed) => typed.trim(),
    run: (typed) => call(api.POST("/v1/tags", { params: once(), body: { name: typed.trim() } })),
  },
};

const pipelines: Kind = {
  noun: "pipeline",
  list: async (signal) => (await call(api.GET("/v1/pipelines", { params: all, signal }))).items.map(named),
  create: {
    scope: "editor",
    key: keyOf,
    run: (typed) =>
      call(api.POST("/v1/pipelines", { params: once(), body: { key: keyOf(typed), name: title(typed), stages } })),
  },
};

const courses: Kind = {
  noun: "course",
  list: async (signal) => (await call(api.GET("/v1/courses", { params: all, signal }))).items.map(named),
  create: {
    scope: "editor",
    key: keyOf,
    run: (typed) => call(api.POST("/v1/courses", { params: once(), body: { key: keyOf(typed), name: title(typed) } })),
  },
};

const templates: Kind = {
  noun: "mail template",
  list: async (signal) =>
    (await call(api.GET("/v1/email-templates", { params: all, signal }))).items.map((t) => ({
      ...named(t),
      hint: `${t.key} · ${t.subject}`,
    })),
};

const segments: Kind = {
  noun: "segment",
  list: async (signal) => (await call(api.GET("/v1/segments", { params: all, signal }))).items.map(named),
};

const fields: Kind = {
  noun: "field",
  list: async (signal) =>
    (await call(api.GET("/v1/fields", { params: all, signal }))).items.map((f) => ({ value: f.key, hint: f.type })),
  create: {
    scope: "editor",
    key: (typed) => keyOf(typed).replaceAll("-", "_"),
    run: (typed) =>
      call(api.POST("/v1/fields", { params: once(), body: { key: keyOf(typed).replaceAll("-", "_"), type: "text" } })),
  },
};

const workflows: Kind = {
  noun: "workflow",
  list: async (signal) =>
    (await call(api.GET("/v1/workflows", { params: all, signal }))).items.map((w) => ({
      ...named(w),
      hint: `${w.key} · ${w.status}`,
    })),
  create: {
    scope: "editor",
    key: keyOf,
    run: (typed) => {
      const body = {
        schema: 1,
        key: keyOf(typed),
        name: title(typed),
        start: "done",
        nodes: { done: { type: "end" } },
      };
      return call(api.POST("/v1/workflows", { params: once(), body }));
    },
  },
};

const events: Kind = {
  noun: "event",
  list: async (signal) =>
    (await call(api.GET("/v1/event-types", { signal }))).items.map((e) => ({
      value: e.type,
      hint: e.last_seen ? "seen in the log" : "never seen yet",
    })),
};

/** By the noun in words of the contract. */
export const kinds = { tags, pipelines, courses, templates, segments, fields, workflows, events };
