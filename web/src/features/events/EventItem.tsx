import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fold, Instant, Json } from "@/shared";
import type { LoggedEvent } from "./queries";
import { VerdictLine } from "./VerdictLine";

/** One event of the log: what, who, when, and what became of it in each workflow. */
export function EventItem({ event }: { event: LoggedEvent }) {
  const who = event.contact.email ?? event.contact.id;
  return (
    <Paper withBorder p="sm" component="article" aria-label={`${event.type} of ${who}`}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Text fw={600}>{event.type}</Text>
            <Anchor component={Link} to={`/contacts/${event.contact.id}`} size="sm">
              {who}
            </Anchor>
          </Group>
          <Text size="sm" c="dimmed">
            <Instant at={event.accepted_at} /> · {event.source ?? "api"}
          </Text>
        </Group>
        <Verdicts event={event} />
        <Fold label="Data">
          <Json value={event.data} label={`Data of ${event.type}`} />
          <Text size="xs" c="dimmed" mt={4}>
            Occurred <Instant at={event.occurred_at} /> · {event.id}
          </Text>
        </Fold>
      </Stack>
    </Paper>
  );
}

/** The verdicts of an event; one that was only just accepted has none yet. */
export function Verdicts({ event }: { event: LoggedEvent }) {
  if (event.verdicts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Accepted; its turn comes in a moment.
      </Text>
    );
  }
  return event.verdicts.map((v) => (
    <VerdictLine key={`${v.workflow} ${v.verdict} ${v.reason} ${v.enrollment}`} verdict={v} />
  ));
}
