import { Group, Progress, Stack, Text } from "@mantine/core";
import { StatusBadge } from "@/shared";
import type { Job } from "./queries";
import { countWords, percentOf } from "./words";

/** How far a job is and what became of its pieces. Nouns are those of the pieces: "enrollments". */
export function JobBar({ job, nouns }: { job: Job; nouns: string }) {
  const percent = percentOf(job);
  const counts = countWords(job.counts);
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <StatusBadge status={job.status} />
        <Text size="sm" role="status">
          {job.done.toLocaleString("en")} of {job.total?.toLocaleString("en") ?? "?"} {nouns}
          {counts.length > 0 && `: ${counts.join(", ")}`}
        </Text>
      </Group>
      <Progress value={percent} aria-label={`${percent} percent of the ${nouns}`} />
      {job.error && (
        <Text size="sm" c="red">
          {job.error}
        </Text>
      )}
    </Stack>
  );
}
