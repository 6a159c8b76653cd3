import { Anchor, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fold, Instant, LoadMore, ProblemAlert, WorkflowName } from "@/shared";
import { State, ToldFold } from "./AlarmCard";
import { ChangesNearby } from "./ChangesNearby";
import { KindBadge } from "./KindBadge";
import { type Alarm, useEndedAlarms } from "./queries";
import { kindTitles, secondsWords, sentence } from "./words";

/** What is over, newest first. */
export function EndedAlarms({ workflow }: { workflow?: string | undefined }) {
  const list = useEndedAlarms(workflow);
  return (
    <section aria-label="Over">
      <Title order={2} size="h4" mb="sm">
        Over
      </Title>
      {list.isPending && <Skeleton height={80} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && <Text c="dimmed">Nothing yet.</Text>}
      {list.items.length > 0 && (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {list.items.map((alarm) => (
            <Ended key={alarm.id} alarm={alarm} />
          ))}
        </Stack>
      )}
      <LoadMore of={list} />
    </section>
  );
}

function Ended({ alarm }: { alarm: Alarm }) {
  const about = alarm.workflow ?? "The whole account";
  const lasted = alarm.ended_at ? (Date.parse(alarm.ended_at) - Date.parse(alarm.began_at)) / 1000 : 0;
  return (
    <Paper component="li" withBorder p="sm" aria-label={`Over: ${kindTitles[alarm.kind]}: ${about}`}>
      <Group gap="sm">
        <KindBadge kind={alarm.kind} open={false} />
        {alarm.workflow ? (
          <Anchor component={Link} to={`/workflows/${encodeURIComponent(alarm.workflow)}`} fw={600}>
            <WorkflowName of={alarm.workflow} />
          </Anchor>
        ) : (
          <Text fw={600}>{about}</Text>
        )}
        <Text size="sm" c="dimmed">
          over <Instant at={alarm.ended_at} relative />, after {secondsWords(Math.max(1, lasted))}
        </Text>
      </Group>
      <Text size="sm" mt={4}>
        {sentence(alarm.summary)}.
      </Text>
      <Fold label="More">
        <Stack gap="xs">
          <ChangesNearby changes={alarm.changes} />
          <State alarm={alarm} />
          <ToldFold id={alarm.id} />
        </Stack>
      </Fold>
    </Paper>
  );
}
