import { JobProgress } from "@/features/jobs";

/** How far the people inside are moved, or ended. It goes on when the dialog is closed. */
export function MoveProgress({ job }: { job: string }) {
  return <JobProgress id={job} nouns="people" label="People inside" />;
}
