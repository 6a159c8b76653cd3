import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ProblemAlert } from "@/shared";
import { CancelJob } from "./CancelJob";
import { JobBar } from "./JobBar";
import { JobErrors } from "./JobErrors";
import { hasEnded, jobQuery } from "./queries";

type Props = {
  id: string;
  nouns: string;
  /** What a screen reader calls it. */
  label: string;
  /** Called once when it has ended. */
  onEnd?: () => void;
};

/** A job that works on enrollments: how far it is, a way to cancel it, and what it could not do. */
export function JobProgress({ id, nouns, label, onEnd }: Props) {
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  const over = job !== undefined && hasEnded(job);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, whatever function is given later
  useEffect(() => {
    if (over) onEnd?.();
  }, [over]);
  if (error && !job) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!job) return <Skeleton height={80} />;
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <JobBar job={job} nouns={nouns} />
      <JobErrors job={job} />
      <CancelJob job={job} note="What is done stays done. It goes on when this is closed." />
    </Stack>
  );
}
