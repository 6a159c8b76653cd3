import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { StatusBadge, shortValue } from "@/shared";
import type { Contact } from "./queries";
import { Section } from "./Section";

/** Courses and deals of a contact. */
export function Belongings({ contact }: { contact: Contact }) {
  return (
    <>
      <Section title="Courses">
        {contact.courses.length === 0 && <None />}
        <Stack gap={4}>
          {contact.courses.map((c) => (
            <Group key={c.course} gap="xs">
              <Text size="sm">{c.course}</Text>
              <StatusBadge status={c.status} />
              <Text size="sm" c="dimmed">
                {Math.round(c.progress)} %
              </Text>
            </Group>
          ))}
        </Stack>
      </Section>
      <Section title="Deals">
        {contact.deals.length === 0 && <None />}
        <Stack gap={4}>
          {contact.deals.map((d) => (
            <Group key={d.id} gap="xs">
              <Anchor component={Link} to={`/pipelines?pipeline=${encodeURIComponent(d.pipeline)}`} size="sm">
                {d.title}
              </Anchor>
              <Text size="sm" c="dimmed">
                {d.pipeline}, {d.stage}
                {d.value !== null && `, ${shortValue(d.value)} ${d.currency ?? ""}`}
              </Text>
              <StatusBadge status={d.status} />
            </Group>
          ))}
        </Stack>
      </Section>
    </>
  );
}

function None() {
  return (
    <Text size="sm" c="dimmed">
      None.
    </Text>
  );
}
