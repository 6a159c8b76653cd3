import { Stack, Text } from "@mantine/core";
import { Instant, TwoZones } from "@/shared";
import { spanWords } from "../words";
import type { Step } from "./passage";

/** When a step began, how long it took, when it is due, how often it was tried and when it is tried next. */
export function StepTimes({ step, zone }: { step: Step; zone: string | undefined }) {
  const retry = step.left_at === null && step.status === "running" ? step.effect?.retry_at : undefined;
  return (
    <Stack gap={2}>
      <Text size="sm">
        Began <TwoZones at={step.entered_at} zone={zone} />
        {step.left_at && `, took ${spanWords(step.entered_at, step.left_at)}`}
      </Text>
      {step.due_at && (
        <Text size="sm">
          {step.left_at ? "Was due" : "Until"} <TwoZones at={step.due_at} zone={zone} />
        </Text>
      )}
      {step.attempts > 1 && <Text size="sm">{step.attempts} attempts</Text>}
      {retry && Date.parse(retry) > Date.now() && (
        <Text size="sm">
          Next attempt <Instant at={retry} relative />
        </Text>
      )}
    </Stack>
  );
}
