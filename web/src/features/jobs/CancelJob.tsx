import { Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Scope, useSession } from "@/api";
import { GuardedButton, ProblemAlert } from "@/shared";
import { cancelJob, hasEnded, type Job, jobKeys } from "./queries";

/** Ends a job that is under way; nothing when it has ended. Scope is what its kind of work needs. */
export function CancelJob({ job, scope = "publisher", note }: { job: Job; scope?: Scope; note?: string }) {
  const client = useQueryClient();
  const { lacks } = useSession();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: (canceled) => {
      client.setQueryData(jobKeys.one(job.id), canceled);
      return client.invalidateQueries({ queryKey: jobKeys.lists });
    },
  });
  if (hasEnded(job)) return null;
  return (
    <>
      <ProblemAlert problem={cancel.error} />
      <Group gap="sm">
        <GuardedButton
          variant="default"
          size="xs"
          reason={lacks(scope)}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel the job
        </GuardedButton>
        {note && (
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        )}
      </Group>
    </>
  );
}
