import { WorkflowForm } from "@/features/new-workflow";
import { useBuilder } from "../page/context";

/** Makes another workflow of what is on the screen. */
export function DuplicateWorkflow({ onClose }: { onClose: () => void }) {
  const { store, workflow } = useBuilder();
  const { definition } = store.getState();
  return (
    <WorkflowForm
      title="Duplicate workflow"
      verb="Duplicate"
      name={`${definition.name ?? workflow.key} (copy)`}
      make={async (name, key) => ({ ...definition, name, key })}
      onClose={onClose}
    />
  );
}
