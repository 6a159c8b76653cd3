import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSession } from "@/api";
import { CancelJob, type Job, JobBar, JobErrors, jobsQuery } from "@/features/jobs";
import { Instant } from "@/shared";
import { askedOf, newest } from "./jobs";
import { sentence } from "./words";

/** What was done for many at once: who asked for it, how far it is, and what it could not do. */
export function LatestJobs({ workflow }: { workflow: string | undefined }) {
  const { may } = useSession();
  // A queue of a contact belongs to no workflow.
  const kinds = workflow ? ["operate"] : ["operate", "release_queues"];
  const lists = useQueries({ queries: kinds.map((kind) => jobsQuery(kind, workflow, 10)) });
  const jobs = newest(
    lists.map((list) => list.data?.items ?? []),
    8,
  );
  if (jobs.length === 0) return null;
  return (
    <Stack component="section" gap="sm" aria-label="Done for many at once">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Done for many at once
        </Title>
        {may("admin") && (
          <Anchor component={Link} to="/settings?tab=audit" size="sm">
            Everything that people did: the audit log
          </Anchor>
        )}
      </Group>
      {jobs.map((job) => (
        <JobCard key={job.id} job={job} />
      ))}
    </Stack>
  );
}

function JobCard({ job }: { job: Job }) {
  const { action, fingerprint } = askedOf(job);
  const words = `${sentence(action.replaceAll("_", " "))}${fingerprint ? " of a group of failures" : ""}`;
  return (
    <Paper withBorder p="sm" component="article" aria-label={`${words} by ${job.person}`}>
      <Stack gap={6}>
        <Text size="sm">
          <Text span inherit fw={600}>
            {words}
          </Text>
          {job.workflow && ` in ${job.workflow}`}, by {job.person}, <Instant at={job.created_at} relative />
        </Text>
        <JobBar job={job} nouns="enrollments" />
        <JobErrors job={job} />
        <CancelJob job={job} />
      </Stack>
    </Paper>
  );
}
