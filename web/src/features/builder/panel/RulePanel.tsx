import { Button, Stack } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { ExitForm, TriggerForm } from "@/features/inspector";
import { type Definition, type Exit, setRule, type Trigger } from "@/graph";
import { useBuilder, useDefinition } from "../page/context";
import { useRepair } from "../problems/useRepair";

/** The form of one trigger or exit. */
export function RulePanel({ kind, id }: { kind: "trigger" | "exit"; id: string }) {
  const { problems, readOnly, workflow, actions } = useBuilder();
  const repair = useRepair();
  const definition = useDefinition();
  const items: readonly (Trigger | Exit)[] = (kind === "trigger" ? definition.triggers : definition.exits) ?? [];
  const index = items.findIndex((item) => item.id === id);
  const item = items[index];
  if (!item) return null;
  const Form = kind === "trigger" ? TriggerForm : ExitForm;
  return (
    <Stack gap="md">
      <Form
        key={index}
        index={index}
        value={item}
        problems={problems}
        context={{ workflow: workflow.key, definition, repair }}
        readOnly={readOnly !== null}
        onChange={(value, { typing }) => {
          const next = { ...value, id: typeof value.id === "string" ? value.id : "" };
          const edit = (d: Definition) => setRule(d, kind === "trigger" ? "triggers" : "exits", id, next);
          const options = typing ? { field: `${kind} ${index}` } : {};
          actions.change(edit, `Change the ${kind} ${id}`, { ...options, select: { kind, id: next.id } });
        }}
      />
      {readOnly === null && (
        <Button
          variant="subtle"
          color="red"
          leftSection={<Trash2 size={16} aria-hidden />}
          onClick={() => actions.removeRule(kind, id)}
          style={{ alignSelf: "flex-start" }}
        >
          Delete this {kind}
        </Button>
      )}
    </Stack>
  );
}
