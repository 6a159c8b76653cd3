import { Divider, Skeleton, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Overlay } from "@/features/canvas";
import { nodesOf } from "@/graph";
import { ProblemAlert } from "@/shared";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { validateDraft, workflowKey } from "../queries";
import { coverageOverlay, testOverlay } from "./overlay";
import type { Report } from "./results";
import { TestResults } from "./TestResults";

type Props = {
  /** Lays something over the drawing; `asked`: somebody wants to see it now. */
  onOverlay: (overlay: Overlay | null, asked: boolean) => void;
};

/** The tests that stand in the definition, run on the draft that the server holds, and drawn on the canvas. */
export function DraftTests({ onOverlay }: Props) {
  const { workflow, specs, open } = useBuilder();
  const definition = useDefinition();
  const has = (definition.tests?.length ?? 0) > 0;
  const { data, error, refetch } = useQuery({
    queryKey: [...workflowKey(workflow.key), "tests", workflow.draft.etag],
    queryFn: () => validateDraft(workflow.key),
    enabled: has,
    placeholderData: (before) => before,
  });
  const report = has ? data?.tests : undefined;
  const drawn = useDrawn(report, (id) => stepName(id, nodesOf(definition)[id], specs), onOverlay);
  return (
    <Stack gap="sm" mt="lg" component="section" aria-label="Tests of the definition">
      <Divider />
      <Title order={3} size="h5">
        Tests of the definition
      </Title>
      {!has && (
        <Text size="sm" c="dimmed">
          It has none. Under <code>tests:</code> its YAML can describe contacts, events and what is expected; they run
          at each publish and stop it when they fail.
        </Text>
      )}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {has && !data && !error && <Skeleton height={80} />}
      {has && data && !report && <Text size="sm">They run once nothing else is left to finish.</Text>}
      {report && data && (
        <>
          <Switch
            visibleFrom="sm"
            label="Draw them on the canvas"
            description={drawn.words}
            checked={drawn.on}
            onChange={(e) => drawn.turn(e.currentTarget.checked)}
          />
          <TestResults
            report={report}
            problems={data.problems}
            definition={definition}
            specs={specs}
            chosen={drawn.chosen}
            onChoose={drawn.choose}
            onOpen={(id) => open({ kind: "step", id })}
          />
        </>
      )}
    </Stack>
  );
}

/** What of the tests is drawn: the way of the one that is chosen, else what none of them walks. */
function useDrawn(report: Report | undefined, name: (id: string) => string, onOverlay: Props["onOverlay"]) {
  const [on, setOn] = useState(true);
  const [at, setAt] = useState<number | null>(null);
  const [asked, setAsked] = useState(false);
  const test = at === null ? undefined : report?.items[at];
  const chosen = test ? at : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow the definition, and so does the report
  const overlay = useMemo(() => {
    if (!on || !report) return null;
    return test ? testOverlay(test, name) : coverageOverlay(report.coverage);
  }, [on, report, test]);
  useEffect(() => onOverlay(overlay, asked), [overlay, asked, onOverlay]);
  useEffect(() => () => onOverlay(null, false), [onOverlay]);
  const words = test ? `The way of “${test.name}”` : "What no test walks";
  const choose = (index: number) => {
    setAsked(true);
    setOn(true);
    setAt(index === chosen && on ? null : index);
  };
  const turn = (next: boolean) => {
    setAsked(true);
    setOn(next);
  };
  return { on, chosen: on ? chosen : null, words, choose, turn };
}
