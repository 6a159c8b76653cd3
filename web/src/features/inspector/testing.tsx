import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { useState } from "react";
import type { NodeDef, NodeSpec } from "@/graph";
import { show } from "@/test/render";
import { type Handlers, serve } from "@/test/server";
import type { FormContext } from "./form/scope";
import type { Problem } from "./model/pointer";
import type { Schema } from "./model/schema";
import { StepForm } from "./StepForm";

/** What the server answers at /v1/nodes and /v1/schema, written anew by `go generate`. */
const forms = JSON.parse(readFileSync(resolve("../api/gen/forms.json"), "utf8")) as {
  nodes: NodeSpec[];
  schema: Schema;
};
export const specs = forms.nodes;
export const definitionSchema = forms.schema;

export function specOf(type: string): NodeSpec {
  const found = specs.find((s) => s.type === type);
  if (!found) throw new Error(`there is no node type ${type}`);
  return found;
}

/** A server that knows the forms and is otherwise empty. */
export function serveForms(handlers: Handlers = {}) {
  const none = () => ({ items: [], next: null });
  const lists = ["tags", "fields", "segments", "pipelines", "courses", "email-templates", "files", "secrets"];
  const empty = Object.fromEntries(
    [...lists, "contacts", "workflows", "event-types"].map((l) => [`GET /v1/${l}`, none]),
  );
  return serve({
    ...handlers,
    ...Object.fromEntries(Object.entries(empty).filter(([call]) => !handlers[call])),
    "GET /v1/schema": () => definitionSchema,
    "GET /v1/workflows/:key/paths": handlers["GET /v1/workflows/:key/paths"] ?? none,
  });
}

type Options = { problems?: Problem[]; quiet?: boolean; readOnly?: boolean; context?: FormContext };

/** Opens the form of a step and keeps what it makes of the node. */
export function openStep(node: NodeDef, { problems = [], quiet, readOnly, context }: Options = {}) {
  const seen: { node: NodeDef; typing: boolean[] } = { node, typing: [] };
  function Holder() {
    const [value, setValue] = useState(node);
    return (
      <StepForm
        spec={specOf(node.type)}
        node={value}
        problems={problems}
        quiet={quiet ?? false}
        readOnly={readOnly ?? false}
        context={context ?? { workflow: "welcome", nodeId: "step" }}
        onChange={(next, how) => {
          seen.node = next;
          seen.typing.push(how.typing);
          setValue(next);
        }}
      />
    );
  }
  return { seen, ...show(<Holder />) };
}

export function problem(path: string, message: string, more: Partial<Problem> = {}): Problem {
  return { severity: "error", code: "invalid_value", node: "step", path, message, hint: "", ...more };
}
