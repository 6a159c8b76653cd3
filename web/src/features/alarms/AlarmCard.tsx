import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Fold, Instant, WorkflowName } from "@/shared";
import { Acknowledge } from "./Acknowledge";
import { ChangesNearby } from "./ChangesNearby";
import { KindBadge } from "./KindBadge";
import { Measure } from "./Measure";
import type { Alarm } from "./queries";
import { Told } from "./Told";
import { kindTitles, sentence, stepOf } from "./words";

/** An alarm that is open: what it is, since when, how bad, what was changed nearby, who knows. */
export function AlarmCard({ alarm }: { alarm: Alarm }) {
  const about = alarm.workflow ?? "The whole account";
  return (
    <Paper component="li" withBorder p="md" aria-label={`${kindTitles[alarm.kind]}: ${about}`}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <KindBadge kind={alarm.kind} open />
            <Title order={3} size="h5">
              <About alarm={alarm} />
            </Title>
          </Group>
          <Text size="sm" c="dimmed">
            began <Instant at={alarm.began_at} relative />
          </Text>
        </Group>
        <Text>{sentence(alarm.summary)}.</Text>
        <Measure alarm={alarm} />
        <ChangesNearby changes={alarm.changes} />
        <State alarm={alarm} />
        <ToldFold id={alarm.id} />
        <Group gap="sm">
          {alarm.acknowledged_at === null && <Acknowledge alarm={alarm} />}
          <Ways alarm={alarm} />
        </Group>
      </Stack>
    </Paper>
  );
}

function About({ alarm }: { alarm: Alarm }) {
  if (alarm.workflow === null) return "The whole account";
  return (
    <Anchor component={Link} to={`/workflows/${encodeURIComponent(alarm.workflow)}`} inherit>
      <WorkflowName of={alarm.workflow} />
    </Anchor>
  );
}

/** Who knows of it, how often it was told again, and whether it is getting calm. */
export function State({ alarm }: { alarm: Alarm }) {
  return (
    <>
      {alarm.acknowledged_at && (
        <Text size="sm">
          {alarm.acknowledged_by} acknowledged it <Instant at={alarm.acknowledged_at} relative />
          {alarm.note ? `: ${alarm.note}` : "."}
        </Text>
      )}
      {alarm.open && alarm.calm_since && (
        <Text size="sm">
          Not seen since <Instant at={alarm.calm_since} relative />. It is over when it stays gone.
        </Text>
      )}
      {alarm.reminders > 0 && (
        <Text size="sm" c="dimmed">
          Told again {alarm.reminders === 1 ? "once" : `${alarm.reminders} times`}.
        </Text>
      )}
    </>
  );
}

/** What was told, asked for when somebody wants to know. */
export function ToldFold({ id }: { id: string }) {
  const [asked, ask] = useState(false);
  return (
    <div onToggle={() => ask(true)}>
      <Fold label="Who was told">{asked && <Told id={id} />}</Fold>
    </div>
  );
}

function Ways({ alarm }: { alarm: Alarm }) {
  if (alarm.workflow === null) return null;
  const workflow = encodeURIComponent(alarm.workflow);
  const step = stepOf(alarm);
  const node = step === undefined ? "" : encodeURIComponent(step);
  return (
    <>
      {node && (
        <Anchor component={Link} to={`/workflows/${workflow}?step=${node}`} size="sm">
          To the step
        </Anchor>
      )}
      {(alarm.kind === "error_rate" || alarm.kind === "wedged") && (
        <Anchor component={Link} to={`/failures?workflow=${workflow}`} size="sm">
          Failures by cause
        </Anchor>
      )}
      <Anchor component={Link} to={`/enrollments?workflow=${workflow}${node && `&node=${node}`}`} size="sm">
        To the enrollments
      </Anchor>
    </>
  );
}
