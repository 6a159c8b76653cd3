import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { whereWords } from "@/features/enrollments";
import { LoadMore, ProblemAlert, StatusBadge, WorkflowName } from "@/shared";
import { useContactEnrollments } from "./queries";
import { Section } from "./Section";

/** The enrollments of a contact, newest first. */
export function Passages({ contact }: { contact: string }) {
  const list = useContactEnrollments(contact);
  return (
    <Section title="Enrollments">
      <ProblemAlert problem={list.error} />
      {list.isSuccess && list.items.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      <Stack gap="xs">
        {list.items.map((e) => (
          <div key={e.id}>
            <Group gap="xs">
              <Anchor component={Link} to={`/enrollments/${e.id}`} size="sm" fw={600}>
                <WorkflowName of={e.workflow} />
                {e.version ? `, version ${e.version}` : ", draft"}
              </Anchor>
              <StatusBadge status={e.status} />
            </Group>
            <Text size="sm" c="dimmed">
              {whereWords(e)}
            </Text>
          </div>
        ))}
      </Stack>
      <LoadMore of={list} />
    </Section>
  );
}
