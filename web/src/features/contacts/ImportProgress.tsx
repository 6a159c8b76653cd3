import { Button, Group, List, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cancelJob, hasEnded, jobErrorsQuery, jobKeys, jobQuery } from "@/features/jobs";
import { ProblemAlert, StatusBadge } from "@/shared";
import { RowErrors } from "./RowErrors";

/** How far an import is. It goes on when this page is closed. */
export function ImportProgress({ job: id }: { job: string }) {
  const client = useQueryClient();
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  const errors = useQuery(jobErrorsQuery(id, job?.errors ?? 0));
  const cancel = useMutation({
    mutationFn: () => cancelJob(id),
    onSuccess: () => client.invalidateQueries({ queryKey: jobKeys.one(id) }),
  });
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!job) return <Skeleton height={120} />;
  const percent = job.total ? Math.round((job.done / job.total) * 100) : job.status === "done" ? 100 : 0;
  return (
    <Stack maw={760}>
      <Group>
        <StatusBadge status={job.status} />
        <Text>
          {job.done.toLocaleString()} of {job.total?.toLocaleString() ?? "?"} rows
        </Text>
      </Group>
      <Progress value={percent} aria-label={`${percent} percent of the rows`} />
      <List size="sm">
        {Object.entries(job.counts).map(([what, count]) => (
          <List.Item key={what}>
            {what}: {count.toLocaleString()}
          </List.Item>
        ))}
      </List>
      {job.error && <Text c="red">{job.error}</Text>}
      <RowErrors errors={errors.data?.items ?? []} total={job.errors} />
      <ProblemAlert problem={cancel.error} />
      <Group>
        {!hasEnded(job) && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
        <Button component={Link} to="/contacts" variant={hasEnded(job) ? "filled" : "default"}>
          To the contacts
        </Button>
      </Group>
    </Stack>
  );
}
