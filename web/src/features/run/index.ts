export { RehearsePanel } from "./rehearse/RehearsePanel";
export { TestPanel } from "./test/TestPanel";
export type { RunPanelProps } from "./types";
