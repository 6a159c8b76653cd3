import { Alert, Stack, Text } from "@mantine/core";
import { type Definition, nodesOf, type Specs } from "@/graph";
import { localTime } from "@/shared";
import { RehearsedStepItem } from "./RehearsedStepItem";
import type { Rehearsal, RehearsedStep } from "./rehearse";

type Props = {
  definition: Definition;
  specs: Specs;
  /** The steps that are shown so far, and how it ended once all of them are. */
  steps: readonly RehearsedStep[];
  result: Rehearsal | null;
  zone: string;
  onSelect: (node: string) => void;
};

/** The steps of a rehearsal with their simulated times, and how it ends. */
export function RehearseResult({ definition, specs, steps, result, zone, onSelect }: Props) {
  const titleOf = (step: RehearsedStep) =>
    nodesOf(definition)[step.node]?.name ?? specs.get(step.type)?.title ?? step.node;
  return (
    <Stack gap="xs" aria-live="polite">
      <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }} aria-label="Rehearsed steps">
        {steps.map((step, i) => (
          <RehearsedStepItem
            // biome-ignore lint/suspicious/noArrayIndexKey: a node may be visited several times at one instant
            key={i}
            step={step}
            title={titleOf(step)}
            zone={zone}
            onSelect={() => onSelect(step.node)}
          />
        ))}
      </Stack>
      {result && <Ending result={result} zone={zone} />}
    </Stack>
  );
}

function Ending({ result, zone }: { result: Rehearsal; zone: string }) {
  const last = result.steps.at(-1);
  const open = result.status === "waiting" || result.status === "held";
  return (
    <Alert color={result.status === "failed" ? "red" : open ? "yellow" : "teal"} variant="light" title={words(result)}>
      <Text size="sm">
        {open
          ? "The rehearsal goes no further: give it the event that it waits for."
          : last && `On ${localTime(last.at, zone)}.`}{" "}
        Nothing was sent, called or changed.
      </Text>
    </Alert>
  );
}

function words({ status, outcome, reason }: Rehearsal): string {
  const why = reason ? ` (${reason.replaceAll("_", " ")})` : "";
  return `It would be ${status}${outcome ? `, outcome ${outcome}` : ""}${why}`;
}
