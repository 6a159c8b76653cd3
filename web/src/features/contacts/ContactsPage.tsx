import { Anchor, Badge, Button, Group, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Upload, Users } from "lucide-react";
import { useState } from "react";
import { contactName } from "@/features/contact-chooser";
import { EmptyState, Instant, LoadMore, Page, ProblemAlert } from "@/shared";
import { NewContact } from "./NewContact";
import { contactsQuery } from "./queries";

/** All contacts, newest first. */
export function ContactsPage() {
  const search = useSearch({ from: "/inside/contacts" });
  const navigate = useNavigate({ from: "/contacts" });
  const [text, setText] = useState(search.query ?? "");
  const ask = useDebouncedCallback(
    (query: string) => void navigate({ search: query ? { query } : {}, replace: true }),
    300,
  );
  const list = useInfiniteQuery(contactsQuery(search.query ?? ""));
  const contacts = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title="Contacts"
      actions={
        <>
          <Button
            component={Link}
            to="/contacts/import"
            variant="default"
            leftSection={<Upload size={16} aria-hidden />}
          >
            Import
          </Button>
          <NewContact />
        </>
      }
    >
      <TextInput
        label="Find"
        placeholder="Part of a name or mail address"
        mb="md"
        maw={360}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          ask(e.currentTarget.value.trim());
        }}
      />
      {list.isPending && <Skeleton height={240} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.data && contacts.length === 0 && (
        <EmptyState
          icon={Users}
          title={search.query ? "Nobody is found" : "No contact yet"}
          action={
            !search.query && (
              <Button component={Link} to="/contacts/import" variant="default">
                Import contacts
              </Button>
            )
          }
        >
          {search.query
            ? "Look for another part of the name or address."
            : "Contacts come with events: the first event of a person makes the contact. You can also import a file or add one by hand."}
        </EmptyState>
      )}
      {contacts.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Contact</Table.Th>
              <Table.Th visibleFrom="sm">Tags</Table.Th>
              <Table.Th>Mail</Table.Th>
              <Table.Th visibleFrom="sm">Since</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {contacts.map((c) => (
              <Table.Tr key={c.id}>
                <Table.Td>
                  <Anchor component={Link} to={`/contacts/${c.id}`} fw={600}>
                    {contactName(c)}
                  </Anchor>
                  {contactName(c) !== (c.email ?? c.external_id) && (
                    <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                      {c.email ?? c.external_id}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Group gap={4}>
                    {c.tags.map((tag) => (
                      <Badge key={tag} variant="default" tt="none">
                        {tag}
                      </Badge>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{c.subscribed ? "subscribed" : "no marketing"}</Table.Td>
                <Table.Td visibleFrom="sm">
                  <Instant at={c.created_at} relative />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <LoadMore of={list} />
    </Page>
  );
}
