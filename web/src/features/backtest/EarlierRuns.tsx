import { NavLink, Text, Title } from "@mantine/core";
import { Instant } from "@/shared";
import type { Backtest } from "./queries";
import { daysOf } from "./range";
import { counted, subjectWords } from "./words";

type Props = { runs: readonly Backtest[]; shown: string; onShow: (id: string) => void };

/** The latest backtests, to look at again. */
export function EarlierRuns({ runs, shown, onShow }: Props) {
  if (runs.length === 0) return null;
  return (
    <nav aria-label="Backtests">
      <Title order={2} size="h5" mb="xs">
        Backtests
      </Title>
      {runs.map((run) => (
        <NavLink
          key={run.id}
          component="button"
          type="button"
          active={run.id === shown}
          aria-current={run.id === shown ? "true" : undefined}
          onClick={() => onShow(run.id)}
          label={`${sentence(subjectWords(run))}, ${counted(Math.max(1, Math.round(daysOf(run))), "day")}`}
          description={
            <Text span size="sm" c="dimmed">
              <Instant at={run.created_at} relative /> by {run.person}
            </Text>
          }
        />
      ))}
    </nav>
  );
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
