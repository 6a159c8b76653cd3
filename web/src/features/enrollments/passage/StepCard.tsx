import { Badge, Group, Paper, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import { decisionWords, Instant, StatusBadge } from "@/shared";
import { spanWords } from "../words";
import type { Step } from "./passage";
import classes from "./StepCard.module.css";
import { StepDetails } from "./StepDetails";

type Props = {
  enrollment: string;
  step: Step;
  zone: string | undefined;
  settings: Record<string, unknown> | undefined;
  open: boolean;
  onToggle: () => void;
};

/** One visit in the list: what, how it ended, and in one line why. */
export function StepCard({ enrollment, step, zone, settings, open, onToggle }: Props) {
  const Chevron = open ? ChevronDown : ChevronRight;
  const decided = step.values.length > 0 ? decisionWords(step.values, step.port) : null;
  return (
    <Paper
      withBorder
      className={classes.card}
      data-open={open || undefined}
      data-active={step.left_at === null || undefined}
    >
      <UnstyledButton className={classes.head} aria-expanded={open} onClick={onToggle}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={6} wrap="nowrap" className={classes.title}>
            <Chevron size={16} aria-hidden className={classes.sign} />
            <Text span fw={600} size="sm" truncate>
              {step.title}
            </Text>
            {step.visit > 1 && (
              <Badge size="sm" variant="outline" color="gray" tt="none">
                visit {step.visit}
              </Badge>
            )}
          </Group>
          <StatusBadge status={step.status} />
        </Group>
        <Text size="sm" c="dimmed" className={classes.line}>
          {step.left_at ? (
            <>
              <Instant at={step.entered_at} zone={zone} /> ·{" "}
              <span style={{ whiteSpace: "nowrap" }}>{spanWords(step.entered_at, step.left_at)}</span>
            </>
          ) : step.due_at ? (
            <>
              until <Instant at={step.due_at} zone={zone} />
            </>
          ) : (
            <>
              since <Instant at={step.entered_at} zone={zone} />
            </>
          )}
        </Text>
        {!open && decided && (
          <Text size="sm" className={classes.line}>
            {decided}
          </Text>
        )}
      </UnstyledButton>
      {open && (
        <div className={classes.body}>
          <StepDetails enrollment={enrollment} step={step} zone={zone} settings={settings} />
        </div>
      )}
    </Paper>
  );
}
