import type { Schemas } from "@/api";
import { readData } from "@/features/events";
import { type Definition, nodesOf } from "@/graph";

export type Request = Schemas["RehearseRequest"];

/** What the form of a rehearsal holds: texts, as they were typed. */
export type RehearseForm = {
  /** Whether the example is used instead of the chosen contact. */
  example: boolean;
  exampleText: string;
  trigger: string;
  triggerText: string;
  events: { at: string; type: string; text: string }[];
  stubs: Record<string, { status: number; text: string }>;
  /** Local date and time of the start, as an input holds it; empty for now. */
  startAt: string;
};

export const exampleContact = {
  email: "ana@example.com",
  first_name: "Ana",
  last_name: "Example",
  timezone: "Europe/Berlin",
  fields: {},
};

/** What can start the workflow: the types of its event triggers, then `manual` for every other way in. */
export function triggerTypes(definition: Definition): string[] {
  const events = (definition.triggers ?? []).flatMap((t) => (t.event ? [t.event] : []));
  return [...new Set([...events, "manual"])];
}

/** Events that a wait or an exit of the workflow listens to: those worth injecting. */
export function awaitedTypes(definition: Definition): string[] {
  const waits = Object.values(nodesOf(definition)).flatMap((node) => {
    if (node.type === "approval") return ["workflow.decided"];
    const events = node.type === "wait_event" ? node.with?.events : undefined;
    return Array.isArray(events) ? events.map((e: { event?: unknown }) => e.event) : [];
  });
  const exits = (definition.exits ?? []).map((e) => e.event);
  return [...new Set([...waits, ...exits])].filter((t): t is string => typeof t === "string" && t !== "");
}

/** The steps that call somebody, whose answers can be given. */
export function callingNodes(definition: Definition): { id: string; name: string }[] {
  return Object.entries(nodesOf(definition))
    .filter(([, node]) => node.type === "webhook")
    .map(([id, node]) => ({ id, name: node.name ?? id }));
}

type Answer = { request: Request } | { wrong: Record<string, string> };

/** The request that a form stands for, or what is wrong by field: `contact`, `trigger`, `event.0`, `stub.id`. */
export function requestOf(form: RehearseForm, contact: string | null): Answer {
  const wrong: Record<string, string> = {};
  const read = (name: string, text: string) => {
    const result = readData(text);
    if ("error" in result) wrong[name] = result.error;
    return "data" in result ? result.data : {};
  };
  const request: Request = {
    trigger: { type: form.trigger, data: read("trigger", form.triggerText) },
    events: form.events.map((e, i) => ({ at: e.at.trim(), type: e.type.trim(), data: read(`event.${i}`, e.text) })),
  };
  if (form.example) request.contact = read("contact", form.exampleText);
  else if (contact) request.contact = { id: contact };
  const stubs = Object.entries(form.stubs).map(([id, stub]) => [id, { status: stub.status, ...body(id, stub.text) }]);
  if (stubs.length > 0) request.stubs = Object.fromEntries(stubs);
  if (form.startAt) request.start_at = new Date(form.startAt).toISOString();
  return Object.keys(wrong).length > 0 ? { wrong } : { request };

  function body(id: string, text: string): { body?: unknown } {
    if (text.trim() === "") return {};
    try {
      return { body: JSON.parse(text) };
    } catch {
      wrong[`stub.${id}`] = "This is not JSON.";
      return {};
    }
  }
}
