import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSession } from "@/api";
import { ProblemAlert } from "@/shared";
import { backtestQuery, backtestsQuery, isOver, keys, matchesQuery, startBacktest } from "./queries";
import { firstRange, requestOf } from "./range";
import { counted, forecastWords, number } from "./words";

/** A trigger as it stands in the definition. */
type Trigger = { id: string; date?: unknown };
type Props = {
  workflow: string;
  /** The hash of what would be enabled: only a backtest of the same counts. */
  hash: string;
  triggers: readonly Trigger[];
  /** Waits until what is on the screen is saved. */
  whenSaved: () => Promise<unknown>;
};

/** Before a workflow is enabled: who matches now, and how many a day would enter. */
export function BeforeEnabling({ workflow, hash, triggers, whenSaved }: Props) {
  const { may } = useSession();
  const client = useQueryClient();
  const { data: runs } = useQuery(backtestsQuery(workflow));
  const id = runs?.items.find((run) => run.hash === hash && run.status !== "failed" && run.status !== "canceled")?.id;
  const { data: run } = useQuery({ ...backtestQuery(workflow, id ?? ""), enabled: id !== undefined });
  const start = useMutation({
    mutationFn: async () => {
      await whenSaved();
      return startBacktest(workflow, requestOf(firstRange, Date.now()));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.list(workflow) }),
  });
  const over = run && isOver(run) && run.result ? { run, result: run.result } : null;
  return (
    <Stack gap="xs">
      <Matching workflow={workflow} triggers={triggers} />
      {over ? (
        <Text size="sm">
          {forecastWords(over.run, over.result)}{" "}
          <Anchor
            component={Link}
            to={`/workflows/${encodeURIComponent(workflow)}/backtest?run=${over.run.id}`}
            inherit
          >
            The whole backtest
          </Anchor>
        </Text>
      ) : (
        <Group gap="sm">
          {id === undefined && may("editor") && (
            <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => start.mutate()}>
              How many would enter?
            </Button>
          )}
          <Text size="sm" c="dimmed" role="status">
            {id === undefined
              ? "Carries the events of the last 30 days through it. Nothing is sent."
              : `Looking at the last 30 days: ${number(run?.done ?? 0)} of ${number(run?.total ?? 0)} contacts`}
          </Text>
        </Group>
      )}
      <ProblemAlert problem={start.error} />
    </Stack>
  );
}

/** For how many contacts each trigger would go off now; says nothing where only an event, a call or a person could tell. */
function Matching({ workflow, triggers }: { workflow: string; triggers: readonly Trigger[] }) {
  const answers = useQueries({ queries: triggers.map((t) => matchesQuery(workflow, t)) });
  return triggers.map((trigger, i) => {
    const matches = answers[i]?.data?.matches;
    if (!matches) return null;
    const one = matches.count === 1;
    const words =
      trigger.date === undefined ? `${one ? "matches" : "match"} now` : `${one ? "has" : "have"} such a date ahead`;
    return (
      <Text key={trigger.id} size="sm">
        {matches.exact ? "" : "At least "}
        {counted(matches.count, "contact")} of {number(matches.of)} {words}
        {triggers.length > 1 && `, by the trigger ${trigger.id}`}.
      </Text>
    );
  });
}
