import { ArchiveDialog } from "./ArchiveDialog";
import type { DialogProps, Lifecycle } from "./dialogs";
import { PauseDialog } from "./PauseDialog";
import { ResumeDialog } from "./ResumeDialog";
import { StopDialog } from "./StopDialog";

/** What is asked before it is done. */
export function QuestionDialog({ what, ...props }: DialogProps & { what: Lifecycle | null }) {
  if (what === "pause") return <PauseDialog {...props} />;
  if (what === "resume") return <ResumeDialog {...props} />;
  if (what === "stop") return <StopDialog {...props} />;
  if (what === "archive") return <ArchiveDialog {...props} />;
  return null;
}
