import { useBuilder, useSelection } from "../page/context";
import { ExitsPanel } from "./ExitsPanel";
import { RulePanel } from "./RulePanel";
import { StepPanel } from "./StepPanel";
import { WorkflowSettings } from "./WorkflowSettings";

/** The form of what is selected, or of the workflow. */
export function FormPanel() {
  const { search } = useBuilder();
  const selection = useSelection();
  if (search.tab === "settings" || selection?.kind === "settings") return <WorkflowSettings />;
  if (selection?.kind === "step") return <StepPanel id={selection.id} />;
  if (selection?.kind === "trigger" || selection?.kind === "exit")
    return <RulePanel kind={selection.kind} id={selection.id} />;
  return selection?.kind === "exits" ? <ExitsPanel /> : null;
}
