export { type Block, blockOf, branches, type Gap, meetingOf, meetings } from "./block";
export * from "./definition";
export { type Clip, clipText, copySteps, duplicate, type Extent, pasteSteps, readClip } from "./edit/copy";
export { freshId } from "./edit/ids";
export {
  appendStep,
  connect,
  disconnect,
  insertStep,
  lastSlot,
  newNode,
  onlyBehind,
  prune,
  whyNotInsert,
} from "./edit/insert";
export { moveStep, whyNotMove } from "./edit/move";
export { keepable, removeBlock, removeStep } from "./edit/remove";
export { type Added, addExit, addTrigger, moveRule, removeRule, setRule } from "./edit/rules";
export {
  changeId,
  type NodePatch,
  patchNode,
  patchSettings,
  patchWith,
  renameStep,
  renameWorkflow,
  setDisabled,
  setPosition,
  setWith,
} from "./edit/settings";
export type { Made } from "./edit/wiring";
export { type Edge, edgesOf, type Graph, graphOf, isBack, type Port } from "./graph";
export { type Layout as Places, layoutOf, type Point, type Rect, type Route, size, triggerKey } from "./layout/layout";
export { type Place, placesOf, stepOrder } from "./order";
export { ENTRY, edgeKey, firstPort, portsOf, type Slot, START, slotOf, targetOf, wiringOf } from "./ports";
export {
  type ApplyOptions,
  createDraftStore,
  type Draft,
  type DraftStore,
  historyLabels,
  isDirty,
  type Selection,
} from "./store";
export { type Branch, type Item, type Tree, treeOf } from "./tree";
