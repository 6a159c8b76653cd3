import { DialogFrame, later } from "@/shared";
import type { DialogProps, Lifecycle } from "./dialogs";

const QuestionDialog = later(() => import("./QuestionDialog").then((m) => m.QuestionDialog), DialogFrame);

/** Fetches what the dialogs ask ahead, so that they open at once, also while the server is away. */
export const fetchLifecycleDialog = QuestionDialog.preload;

/** The dialog of what was chosen; starting asks nothing. */
export function LifecycleDialog({ what, ...props }: DialogProps & { what: Lifecycle | null }) {
  return what && <QuestionDialog what={what} {...props} />;
}
