import { MassDialog } from "@/features/enrollments";
import { type Failure, type GroupAction, previewGroup, startGroup } from "./queries";
import { nounOf } from "./words";

/** What is asked for, and for which group, as it was then. */
export type Asked = { action: GroupAction; failure: Failure };

const does: Record<GroupAction, string> = {
  retry: "Everyone who is held tries the step once more. What is done stays done.",
  skip: "Everyone who is held leaves the step by its main way, without carrying it out.",
};

type Props = Asked & { onClose: () => void; onEnd: () => void };

/** Retry or skip for a whole group. It stands beside the groups: one that is mended goes away while its job goes on. */
export function GroupDialog({ action, failure: f, onClose, onEnd }: Props) {
  const verb = action === "retry" ? "Retry" : "Skip";
  const what = f.kind === "queue" ? "The router tries again at the events where the queues stopped." : does[action];
  return (
    <MassDialog
      title={`${verb}: ${f.title ?? f.code}, ${f.count.toLocaleString("en")} ${nounOf(f.kind, f.count)}`}
      verb={verb}
      does={what}
      order={["failure", action, f.fingerprint]}
      preview={(signal) => previewGroup(action, f.fingerprint, signal)}
      start={(rate) => startGroup(action, f.fingerprint, rate)}
      onClose={onClose}
      onEnd={onEnd}
    />
  );
}
