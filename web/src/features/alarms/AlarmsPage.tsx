import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Page, ProblemAlert } from "@/shared";
import { AlarmCard } from "./AlarmCard";
import { EndedAlarms } from "./EndedAlarms";
import { NothingOpen } from "./NothingOpen";
import { openAlarmsQuery } from "./queries";

/** Trouble with workflows: what is open, with what was changed nearby, and what is over. */
export function AlarmsPage() {
  const { workflow }: { workflow?: string } = useSearch({ strict: false });
  const { data, error, isPending, refetch } = useQuery(openAlarmsQuery(workflow));
  const open = data?.items ?? [];
  return (
    <Page
      title="Alarms"
      description="Trouble with workflows: seen, told, acknowledged, over."
      actions={
        <Button component={Link} to="/settings?tab=alarms" variant="default">
          Limits and channels
        </Button>
      }
    >
      {workflow && <OneWorkflow workflow={workflow} />}
      <Stack gap="xl">
        <section aria-label="Open">
          {isPending && <Skeleton height={200} />}
          {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
          {data && open.length === 0 && <NothingOpen workflow={workflow} />}
          {open.length > 0 && (
            <>
              <Title order={2} size="h4" mb="sm">
                Open
              </Title>
              <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
                {open.map((alarm) => (
                  <AlarmCard key={alarm.id} alarm={alarm} />
                ))}
              </Stack>
              {data?.next && <Text c="dimmed">The newest {open.length} are shown.</Text>}
            </>
          )}
        </section>
        <EndedAlarms workflow={workflow} />
      </Stack>
    </Page>
  );
}

/** Says that the list is of one workflow, with the ways to its limits and to all alarms. */
function OneWorkflow({ workflow }: { workflow: string }) {
  return (
    <Group gap="md" mb="lg">
      <Text>
        Of the workflow <b>{workflow}</b> alone.
      </Text>
      <Anchor component={Link} to={`/workflows/${encodeURIComponent(workflow)}?tab=settings`}>
        Its limits
      </Anchor>
      <Anchor component={Link} to="/alarms">
        All alarms
      </Anchor>
    </Group>
  );
}
