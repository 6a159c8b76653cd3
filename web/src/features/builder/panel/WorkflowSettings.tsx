import { SettingsForm } from "@/features/inspector";
import { useBuilder, useDefinition } from "../page/context";
import { useRepair } from "../problems/useRepair";
import { WorkflowAlarms } from "./WorkflowAlarms";

/** The form of what holds for the workflow as a whole. */
export function WorkflowSettings() {
  const { actions, problems, readOnly, workflow } = useBuilder();
  const repair = useRepair();
  const definition = useDefinition();
  return (
    <>
      <SettingsForm
        value={definition.settings ?? {}}
        problems={problems}
        context={{ workflow: workflow.key, definition, repair }}
        readOnly={readOnly !== null}
        onChange={(settings, { typing }) => {
          const label = "Change the settings";
          const edit = (d: typeof definition) => ({ ...d, settings });
          actions.change(edit, label, typing ? { field: "settings" } : {});
        }}
      />
      <WorkflowAlarms workflow={workflow.key} />
    </>
  );
}
