export { FlowCanvas } from "./FlowCanvas";
export type { FlowCanvasHandle, FlowCanvasProps, Overlay, StepOverlay, StepState } from "./types";
export { stateWord, titleOf } from "./words";
