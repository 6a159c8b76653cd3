import { Group, Paper, Stack, Text, UnstyledButton } from "@mantine/core";
import { Fold, HtmlFrame, Instant, SeenValues, StatusBadge } from "@/shared";
import { effectWords, missingOf } from "./effects";
import type { RehearsedStep } from "./rehearse";

type Props = { step: RehearsedStep; title: string; zone: string; onSelect: () => void };

/** One step of a rehearsal: when it would be, what it would do, and why it goes on as it does. */
export function RehearsedStepItem({ step, title, zone, onSelect }: Props) {
  const effect = effectWords(step.effect);
  const missing = missingOf(step.effect);
  return (
    <Paper withBorder p="xs" component="li">
      <Stack gap={4}>
        <UnstyledButton onClick={onSelect}>
          <Group justify="space-between" wrap="nowrap" gap="xs">
            <Text span size="sm" fw={600} truncate>
              {title}
            </Text>
            <StatusBadge status={step.status} />
          </Group>
          <Text size="sm" c="dimmed">
            <Instant at={step.at} zone={zone} />
          </Text>
        </UnstyledButton>
        {effect && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {effect}
          </Text>
        )}
        <SeenValues values={step.values} />
        {(step.port || step.reason) && (
          <Text size="sm" c="dimmed">
            {[step.port && `→ ${step.port}`, step.reason?.replaceAll("_", " ")].filter(Boolean).join(" · ")}
          </Text>
        )}
        {missing.length > 0 && (
          <Text size="sm" c="orange">
            Not there yet: {missing.join(", ")}
          </Text>
        )}
        <Mail effect={step.effect} title={title} />
      </Stack>
    </Paper>
  );
}

function Mail({ effect, title }: { effect: unknown; title: string }) {
  const html = typeof effect === "object" && effect !== null && "html" in effect ? effect.html : null;
  if (typeof html !== "string" || html === "") return null;
  return (
    <Fold label="The mail">
      <HtmlFrame html={html} title={`Mail of ${title}`} height={260} />
    </Fold>
  );
}
