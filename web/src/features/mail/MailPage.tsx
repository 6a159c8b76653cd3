import { Anchor, Badge, Button, Skeleton, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mail, Plus } from "lucide-react";
import { EmptyState, Instant, LoadMore, Page, ProblemAlert } from "@/shared";
import { emailTemplatesQuery } from "./queries";

/** The mails that several workflows can send. */
export function MailPage() {
  const list = useInfiniteQuery(emailTemplatesQuery());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const make = (
    <Button component={Link} to="/mail/new" leftSection={<Plus size={16} aria-hidden />}>
      New template
    </Button>
  );
  return (
    <Page title="Mail templates" description="Written once, sent by any workflow." actions={make}>
      {list.isPending && <Skeleton height={200} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.data && items.length === 0 && (
        <EmptyState icon={Mail} title="No template yet" action={make}>
          A step can carry its own text. A template is worth it when several steps send the same mail, or when its HTML
          is long.
        </EmptyState>
      )}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Subject</Table.Th>
                <Table.Th>Class</Table.Th>
                <Table.Th>Changed</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((t) => (
                <Table.Tr key={t.key}>
                  <Table.Td>
                    <Anchor component={Link} to={`/mail/${t.key}`} fw={600}>
                      {t.name || t.key}
                    </Anchor>
                    <Text size="sm" c="dimmed">
                      {t.key}
                    </Text>
                  </Table.Td>
                  <Table.Td>{t.subject}</Table.Td>
                  <Table.Td>
                    <Badge variant="default" tt="none">
                      {t.class}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <Instant at={t.updated_at} relative />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LoadMore of={list} />
    </Page>
  );
}
