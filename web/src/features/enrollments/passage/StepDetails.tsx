import { Code, Stack, Text } from "@mantine/core";
import { Fold, Json, SeenValues } from "@/shared";
import { stepReasonWords } from "../words";
import { EffectNote } from "./EffectNote";
import type { Step } from "./passage";
import { StepTimes } from "./StepTimes";
import { UndoNote } from "./UndoNote";

type Props = {
  enrollment: string;
  step: Step;
  zone: string | undefined;
  settings: Record<string, unknown> | undefined;
};

/** Everything that is known of one visit. */
export function StepDetails({ enrollment, step, zone, settings }: Props) {
  return (
    <Stack gap="xs">
      <StepTimes step={step} zone={zone} />
      <SeenValues values={step.values} />
      {step.port && (
        <Text size="sm">
          Left by <Code>{step.port}</Code>
        </Text>
      )}
      {step.reason && !step.error?.startsWith(step.reason) && (
        <Text size="sm">Reason: {stepReasonWords(step.reason)}</Text>
      )}
      {step.error && (
        <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
          {step.error}
        </Text>
      )}
      <EffectNote step={step} enrollment={enrollment} />
      {step.type === "undo" && <UndoNote result={step.result} />}
      {step.input && (
        <Fold label="Input">
          <Json value={step.input} label={`Input of ${step.title}`} />
        </Fold>
      )}
      {settings && Object.keys(settings).length > 0 && (
        <Fold label="Settings, as drawn">
          <Json value={settings} label={`Settings of ${step.title}`} />
        </Fold>
      )}
      {step.result !== null && step.result !== undefined && (
        <Fold label="Result">
          <Json value={step.result} label={`Result of ${step.title}`} />
        </Fold>
      )}
    </Stack>
  );
}
