import { Stack } from "@mantine/core";
import { useStore } from "zustand";
import { StepForm } from "@/features/inspector";
import type { NodeDef, Specs } from "@/graph";
import { type Definition, isObject, nodesOf, patchNode, setWith } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { slotAfter } from "../page/places";
import { useRepair } from "../problems/useRepair";
import { StepActions } from "./StepActions";
import { WaysOut } from "./WaysOut";

/** The form of one step, with what can be done to it. */
export function StepPanel({ id }: { id: string }) {
  const { actions, specs, quiet, problems, readOnly, workflow } = useBuilder();
  const definition = useDefinition();
  const repair = useRepair();
  const silent = useStore(quiet, (s) => s.ids.has(id));
  const node = nodesOf(definition)[id];
  const spec = node && specs.get(node.type);
  if (!node || !spec) return null;
  const after = slotAfter(definition, specs, id);
  const follow = after && ((made: NodeDef) => actions.follow(after, made));
  const held = workflow.draft.definition.nodes;
  const stored = isObject(held) && Object.hasOwn(held, id);
  return (
    <Stack gap="md">
      <StepActions id={id} node={node} />
      <StepForm
        key={id}
        spec={spec}
        node={node}
        problems={problems}
        context={{ workflow: workflow.key, definition, nodeId: id, stored, repair, follow }}
        readOnly={readOnly !== null}
        quiet={silent}
        onChange={(next, { typing }) => {
          const label = `Change ${stepName(id, node, specs)}`;
          const edit = (d: Definition) => withNode(d, specs, id, next);
          actions.change(edit, label, typing ? { field: `${id} ${changedKey(node, next)}` } : {});
        }}
      />
      <WaysOut id={id} />
    </Stack>
  );
}

/** Takes over what the form says of a step; its wiring is the drawing's and follows renamed ports. */
function withNode(definition: Definition, specs: Specs, id: string, next: Record<string, unknown>): Definition {
  const old = nodesOf(definition)[id];
  if (!old) return definition;
  const { with: settings, type: _, next: __, ...beside } = next;
  const gone = Object.keys(old).filter((key) => !["type", "with", "next"].includes(key) && !(key in beside));
  const patch = { ...beside, ...Object.fromEntries(gone.map((key) => [key, undefined])) };
  const patched = patchNode(definition, id, patch);
  return settings === old.with ? patched : setWith(patched, specs, id, isObject(settings) ? settings : {});
}

/** Which setting a change is about, so that typing in another one is an edit of its own. */
function changedKey(old: NodeDef, next: Record<string, unknown>): string {
  const before = { ...old, ...old.with };
  const after = { ...next, ...(isObject(next.with) ? next.with : {}) };
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  keys.delete("with");
  const value = (of: object, key: string) => (isObject(of) ? of[key] : undefined);
  return [...keys].find((key) => value(before, key) !== value(after, key)) ?? "";
}
