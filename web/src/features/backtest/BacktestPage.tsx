import { Grid, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { History } from "lucide-react";
import { EmptyState, Page, ProblemAlert } from "@/shared";
import { BacktestRun } from "./BacktestRun";
import { EarlierRuns } from "./EarlierRuns";
import { backtestsQuery, workflowQuery } from "./queries";
import { StartForm } from "./StartForm";

const route = getRouteApi("/inside/workflows/$key/backtest");

/** Carries past events through a workflow, and says what would have happened. */
export function BacktestPage() {
  const { key } = route.useParams();
  const { run } = route.useSearch();
  const navigate = route.useNavigate();
  const workflow = useQuery(workflowQuery(key));
  const runs = useQuery(backtestsQuery(key));
  const shown = run ?? runs.data?.items[0]?.id;
  const show = (id: string) => void navigate({ search: { run: id }, replace: true });
  const name = workflow.data?.name || key;
  return (
    <Page
      title="Backtest"
      description="Real events of the past are carried through the workflow. Nothing is changed and nothing is sent."
      crumbs={[
        { to: "/workflows", label: "Workflows" },
        { to: `/workflows/${encodeURIComponent(key)}`, label: name },
      ]}
    >
      <Stack gap="lg">
        {workflow.error && <ProblemAlert problem={workflow.error} retry={() => void workflow.refetch()} />}
        {workflow.data && (
          <Paper withBorder p="md">
            <StartForm workflow={key} version={workflow.data.version} onStarted={show} />
          </Paper>
        )}
        {runs.error && <ProblemAlert problem={runs.error} retry={() => void runs.refetch()} />}
        {(runs.isPending || workflow.isPending) && <Skeleton height={240} />}
        {runs.data && !shown && (
          <EmptyState icon={History} title="No backtest yet">
            It says who would have entered and who not, which ways they would have gone, how many mails would have left
            on which day, and in which other workflows the same people were.
          </EmptyState>
        )}
        {shown && workflow.data && (
          <Grid>
            <Grid.Col span={{ base: 12, lg: 9 }}>
              <BacktestRun key={shown} workflow={key} id={shown} definition={workflow.data.draft.definition} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 3 }}>
              {runs.data && <EarlierRuns runs={runs.data.items} shown={shown} onShow={show} />}
            </Grid.Col>
          </Grid>
        )}
        {shown && !workflow.data && !workflow.error && <Text c="dimmed">Loading the workflow</Text>}
      </Stack>
    </Page>
  );
}
