import { Anchor, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Activity, Flag, Footprints, LogIn, type LucideIcon, Mail, UserPen } from "lucide-react";
import { Verdicts } from "@/features/events";
import { decisionWords, Fold, Instant, Json } from "@/shared";
import type { TimelineItem } from "./queries";

const signs: Record<TimelineItem["kind"], LucideIcon> = {
  event: Activity,
  contact: UserPen,
  enrollment_started: LogIn,
  step: Footprints,
  send: Mail,
  enrollment_ended: Flag,
};

/** One thing that happened, with what is behind it when that is asked for. */
export function TimelineEntry({ item, zone }: { item: TimelineItem; zone: string | undefined }) {
  const Sign = signs[item.kind];
  const enrollment = item.enrollment?.id ?? item.send?.enrollment;
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color="gray" size={28} radius="xl">
        <Sign size={15} aria-hidden />
      </ThemeIcon>
      <Stack gap={2} style={{ minWidth: 0 }}>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {item.summary}
        </Text>
        <Text size="sm" c="dimmed">
          <Instant at={item.at} zone={zone} />
          {enrollment && (
            <>
              {" · "}
              <Anchor component={Link} to={`/enrollments/${enrollment}`} size="sm" underline="always">
                To the enrollment
              </Anchor>
            </>
          )}
        </Text>
        <Behind item={item} />
      </Stack>
    </Group>
  );
}

function Behind({ item }: { item: TimelineItem }) {
  const { event, step } = item;
  if (event) {
    return (
      <Fold label="Data and verdicts">
        <Stack gap="xs">
          <Verdicts event={event} />
          <Json value={event.data} label={`Data of ${event.type}`} />
        </Stack>
      </Fold>
    );
  }
  if (step && step.values.length > 0) {
    return (
      <Text size="sm" c="dimmed">
        {decisionWords(step.values, step.port)}
      </Text>
    );
  }
  return null;
}
