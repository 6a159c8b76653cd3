export { type Lifecycle, possible } from "./dialogs";
export { fetchLifecycleDialog, LifecycleDialog } from "./LifecycleDialog";
export { byBreaker, PauseFacts } from "./PauseFacts";
export { readWorkflow, start, workflowKey } from "./queries";
