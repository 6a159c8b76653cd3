import type { Workflow } from "./queries";

/** What can be done to a whole workflow. */
export type Lifecycle = "pause" | "resume" | "stop" | "start" | "archive";

export type DialogProps = {
  workflow: Workflow;
  onClose: () => void;
  /** It is done; `words` say so. */
  onDone: (changed: Workflow, words: string) => void;
};

/** What its status lets one do with a workflow, in the order of the menu. */
export function possible(status: Workflow["status"]): Lifecycle[] {
  switch (status) {
    case "draft":
      return ["archive"];
    case "active":
      return ["pause", "stop", "archive"];
    case "paused":
      return ["resume", "stop", "archive"];
    case "stopped":
      return ["start", "archive"];
    case "archived":
      return ["start"];
  }
}
