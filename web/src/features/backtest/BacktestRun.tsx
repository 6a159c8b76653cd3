import { Group, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/api";
import { useSession } from "@/api";
import { GuardedButton, Instant, ProblemAlert, StatusBadge } from "@/shared";
import { type Backtest, backtestQuery, cancelBacktest, isOver, keys } from "./queries";
import { ResultView } from "./result/ResultView";
import { number, subjectWords } from "./words";

type Props = { workflow: string; id: string; definition: Schemas["Workflow"]["draft"]["definition"] };

/** One backtest: how far it is, and what it has found so far. */
export function BacktestRun({ workflow, id, definition }: Props) {
  const { data, error, refetch } = useQuery(backtestQuery(workflow, id));
  if (error && !data) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} />;
  const nodes = (definition as { nodes?: Record<string, { name?: string }> } | null)?.nodes ?? {};
  return (
    <Stack role="group" aria-label="Result">
      <Text size="sm" c="dimmed">
        Of {subjectWords(data)}, events from <Instant at={data.from} /> to <Instant at={data.to} />
      </Text>
      {!isOver(data) && <Running backtest={data} />}
      {data.status === "failed" && <Text c="red">It ended before its time: {data.error}</Text>}
      {data.status === "canceled" && (
        <Text>
          It was canceled after {number(data.done)} of {number(data.total ?? data.done)} contacts; what follows is of
          those.
        </Text>
      )}
      {data.result && <ResultView backtest={data} result={data.result} name={(node) => nodes[node]?.name || node} />}
    </Stack>
  );
}

function Running({ backtest: { id, workflow, status, done, total } }: { backtest: Backtest }) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelBacktest(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.one(workflow, id) }),
  });
  const percent = total ? Math.round((done / total) * 100) : 0;
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <StatusBadge status={status} />
        <Text size="sm" role="status">
          {number(done)} of {total === null ? "?" : number(total)} contacts
        </Text>
        <GuardedButton
          size="xs"
          variant="default"
          reason={lacks("editor")}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </GuardedButton>
      </Group>
      <Progress value={percent} aria-label={`${percent} percent of the contacts`} />
      <ProblemAlert problem={cancel.error} />
    </Stack>
  );
}
