export { type Lifecycle, possible } from "./dialogs";
export { LifecycleDialog } from "./LifecycleDialog";
export { byBreaker, PauseFacts } from "./PauseFacts";
export { readWorkflow, start, workflowKey } from "./queries";
