export { ImportWorkflowButton } from "./files/ImportWorkflowButton";
export { NewWorkflowButton } from "./files/NewWorkflowButton";
export { BuilderPage } from "./page/BuilderPage";
export { type BuilderSearch, readBuilderSearch } from "./page/search";
