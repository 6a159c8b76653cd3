import { type ComponentType, createContext, type ReactNode, useContext } from "react";
import type { Definition, NodeDef } from "@/graph";
import type { Problem } from "../model/pointer";
import type { Schema, Ui } from "../model/schema";

/** Where a form stands: what its previews and pickers need to know. */
export type FormContext = {
  /** Key of the workflow; absent outside of one (segments, bulk calls). */
  workflow?: string | undefined;
  definition?: Definition | undefined;
  nodeId?: string | undefined;
  /** False while the server has not heard of the node yet, so that nothing is asked about it. */
  stored?: boolean;
  /** Contact that previews are made for; default the one that the browser remembers. */
  contactId?: string | undefined;
  readOnly?: boolean | undefined;
  /** Draws the button that carries out the repair of a problem. */
  repair?: ((fix: NonNullable<Problem["fix"]>) => ReactNode) | undefined;
  /** Puts a step behind the one that is edited. */
  follow?: ((node: NodeDef) => void) | undefined;
};

/** How a change came about; changes by typing may be joined into one step of undo. */
export type How = { typing: boolean };

export type WidgetProps = {
  schema: Schema;
  ui: Ui;
  label: string;
  help?: string | undefined;
  placeholder?: string | undefined;
  required: boolean;
  value: unknown;
  /** Undefined takes the key away. */
  onChange: (value: unknown, how?: How) => void;
  error?: ReactNode;
  /** JSON pointer of the value in the definition. */
  pointer: string;
  readOnly: boolean;
  /** The object that holds the value, and a change to several of its keys. */
  siblings: Record<string, unknown>;
  onSiblings: (values: Record<string, unknown>, how?: How) => void;
};

export type Widget = ComponentType<WidgetProps>;
/** A widget; deep ones show the problems below their own pointer themselves. */
export type Registered = { component: Widget; deep?: boolean };
export type Registry = { named: Record<string, Registered>; byKind: Record<string, Registered> };

export type FormScope = {
  context: FormContext;
  problems: readonly Problem[];
  readOnly: boolean;
  /** Whether problems at a place may be shown already. */
  shows: (pointer: string) => boolean;
  touch: (pointer: string) => void;
  widgets: Registry;
};

export const ScopeContext = createContext<FormScope | null>(null);

export function useForm(): FormScope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error("a field stands outside of a form");
  return scope;
}
