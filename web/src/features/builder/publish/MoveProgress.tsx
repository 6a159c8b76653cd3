import { Button, Group, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ProblemAlert, StatusBadge } from "@/shared";
import { cancelJob, hasEnded, jobQuery } from "../queries";

/** How far the people inside are moved, or ended. It goes on when the dialog is closed. */
export function MoveProgress({ job: id }: { job: string }) {
  const client = useQueryClient();
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  const cancel = useMutation({
    mutationFn: () => cancelJob(id),
    onSuccess: (canceled) => client.setQueryData(["jobs", id], canceled),
  });
  if (error && !job) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!job) return <Skeleton height={80} />;
  const percent = job.total ? Math.round((job.done / job.total) * 100) : job.status === "done" ? 100 : 0;
  const counts = Object.entries(job.counts).map(
    ([what, n]) => `${what.replaceAll("_", " ")}: ${n.toLocaleString("en")}`,
  );
  return (
    <Stack gap="xs" role="group" aria-label="People inside">
      <Group gap="sm">
        <StatusBadge status={job.status} />
        <Text size="sm" role="status">
          {job.done.toLocaleString("en")} of {job.total?.toLocaleString("en") ?? "?"} people
        </Text>
      </Group>
      <Progress value={percent} aria-label={`${percent} percent of the people inside`} />
      {counts.length > 0 && <Text size="sm">{counts.join(", ")}</Text>}
      {job.error && (
        <Text size="sm" c="red">
          {job.error}
        </Text>
      )}
      {job.errors > 0 && <Text size="sm">{job.errors.toLocaleString("en")} could not be moved; see the job.</Text>}
      <ProblemAlert problem={cancel.error} />
      {!hasEnded(job) && (
        <Group gap="sm">
          <Button variant="default" size="compact-md" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the move
          </Button>
          <Text size="sm" c="dimmed">
            Who has been moved stays moved. It goes on when this is closed.
          </Text>
        </Group>
      )}
    </Stack>
  );
}
