import { Anchor, Table, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Instant } from "@/shared";
import type { Result } from "../queries";
import { endWords, number } from "../words";

type Props = { samples: Result["samples"]; name: (node: string) => string };

/** Some of those who would have entered. */
export function Samples({ samples, name }: Props) {
  if (samples.length === 0) return null;
  return (
    <section aria-label="Some of them">
      <Title order={3} size="h5" mb="xs">
        Some of them
      </Title>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label="Some of those who would have entered">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Contact</Table.Th>
              <Table.Th>Would have entered</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th>Ended</Table.Th>
              <Table.Th>Mails</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {samples.map((s) => (
              <Table.Tr key={`${s.contact.id} ${s.at}`}>
                <Table.Td>
                  <Anchor component={Link} to={`/contacts/${s.contact.id}`} size="sm">
                    {s.contact.email ?? s.contact.id}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <Instant at={s.at} />
                </Table.Td>
                <Table.Td>{s.event}</Table.Td>
                <Table.Td>
                  {endWords(s)}, at {name(s.node)}
                </Table.Td>
                <Table.Td>{number(s.sends)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
