export { ImportWorkflowButton } from "./ImportWorkflowButton";
export { NewWorkflowButton } from "./NewWorkflowButton";
export { WorkflowForm } from "./WorkflowForm";
