import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Page, ProblemAlert } from "@/shared";
import { AlarmCard } from "./AlarmCard";
import { EndedAlarms } from "./EndedAlarms";
import { NothingOpen } from "./NothingOpen";
import { openAlarmsQuery } from "./queries";

/** Trouble with workflows: what is open, with what was changed nearby, and what is over. */
export function AlarmsPage() {
  const { data, error, isPending, refetch } = useQuery(openAlarmsQuery);
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
      <Stack gap="xl">
        <section aria-label="Open">
          {isPending && <Skeleton height={200} />}
          {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
          {data && open.length === 0 && <NothingOpen />}
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
        <EndedAlarms />
      </Stack>
    </Page>
  );
}
