import type { Registered, Registry } from "../form/scope";
import { ChoiceWidget } from "./ChoiceWidget";
import { JsonWidget } from "./JsonWidget";
import { ListWidget } from "./ListWidget";
import { MapWidget } from "./MapWidget";
import { NumberWidget } from "./NumberWidget";
import { ObjectWidget } from "./ObjectWidget";
import { SwitchWidget } from "./SwitchWidget";
import { TextsWidget } from "./TextsWidget";
import { TextareaWidget, TextWidget } from "./TextWidget";

const byKind: Record<string, Registered> = {
  text: { component: TextWidget },
  number: { component: NumberWidget },
  switch: { component: SwitchWidget },
  choice: { component: ChoiceWidget },
  texts: { component: TextsWidget },
  map: { component: MapWidget },
  json: { component: JsonWidget },
  list: { component: ListWidget, deep: true },
  object: { component: ObjectWidget, deep: true },
};

/** The widgets by the name that x-ui gives. One that is absent here is drawn by its JSON type. */
const named: Record<string, Registered> = {
  textarea: { component: TextareaWidget },
  json: { component: JsonWidget },
};

export const registry: Registry = { named, byKind };
