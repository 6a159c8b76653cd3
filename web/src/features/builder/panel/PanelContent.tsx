import { SettingsForm } from "@/features/inspector";
import { type NodeDef, nodesOf, type Specs } from "@/graph";
import { useBuilder, useDefinition, useSelection } from "../page/context";
import { titleOf } from "../problems/places";
import { useRepair } from "../problems/useRepair";
import { VersionsPanel } from "../versions/VersionsPanel";
import { ExitsPanel } from "./ExitsPanel";
import { RulePanel } from "./RulePanel";
import { RunPanel } from "./RunPanel";
import { StepPanel } from "./StepPanel";
import { WorkflowAlarms } from "./WorkflowAlarms";

const stepTitle = (node: NodeDef | undefined, specs: Specs) =>
  node?.name || specs.get(node?.type ?? "")?.title || "Step";

const titles = { rehearse: "Rehearse", test: "Test", settings: "Settings", versions: "Versions" };

/** What the panel is about. */
export function usePanelTitle(): string {
  const { search, specs } = useBuilder();
  const definition = useDefinition();
  const selection = useSelection();
  if (search.tab) return titles[search.tab];
  // What tells steps without a name apart elsewhere, their id, says nothing here.
  if (selection?.kind === "step") return stepTitle(nodesOf(definition)[selection.id], specs);
  if (selection?.kind === "trigger") return "Trigger";
  return selection?.kind === "exit" ? "Exit" : selection ? titleOf(selection, definition, specs) : "";
}

/** What stands in the panel: the tab's, else the form of what is selected. */
export function PanelContent() {
  const { search } = useBuilder();
  const selection = useSelection();
  if (search.tab === "versions") return <VersionsPanel />;
  if (search.tab === "rehearse" || search.tab === "test") return <RunPanel tab={search.tab} />;
  if (search.tab === "settings" || selection?.kind === "settings") return <WorkflowSettings />;
  if (selection?.kind === "step") return <StepPanel id={selection.id} />;
  if (selection?.kind === "trigger" || selection?.kind === "exit")
    return <RulePanel kind={selection.kind} id={selection.id} />;
  return selection?.kind === "exits" ? <ExitsPanel /> : null;
}

function WorkflowSettings() {
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
