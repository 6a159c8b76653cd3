import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { money, number, share, Value } from "@/features/figures";
import { EmptyState, Instant } from "@/shared";
import { toReview } from "./health";
import type { Overview } from "./queries";
import { Reasons } from "./Reasons";

/** The workflows that somebody should look at, and what helps to decide: whose, how lately used, worth what. */
export function ReviewTable({ overview }: { overview: Overview }) {
  const list = toReview(overview.workflows);
  if (list.length === 0) {
    return (
      <EmptyState title="Nothing to review">
        No workflow has many errors, somebody held, nobody who comes, or no owner.
      </EmptyState>
    );
  }
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table highlightOnHover verticalSpacing="sm" aria-label="Workflows to review">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Workflow</Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Th>Last enrollment</Table.Th>
            <Table.Th>Owner</Table.Th>
            <Table.Th>Saved in 30 days</Table.Th>
            <Table.Th>Errors</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((w) => (
            <Table.Tr key={w.key}>
              <Table.Td>
                <Anchor
                  fw={600}
                  renderRoot={(props) => <Link to="/workflows/$key/figures" params={{ key: w.key }} {...props} />}
                >
                  {w.name || w.key}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Reasons of={w} />
              </Table.Td>
              <Table.Td>{w.last_enrollment ? <Instant at={w.last_enrollment} relative /> : "never"}</Table.Td>
              <Table.Td>{w.owner || "nobody"}</Table.Td>
              <Table.Td>
                {number(w.saved.hours, 2)} h
                {overview.currency && (
                  <Text size="sm" c="dimmed">
                    {money(w.saved.amount, overview.currency)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Value of={share(w.error_rate, "no step was attempted yet")} />
                <Text size="sm" c="dimmed">
                  {number(w.errors)} of {number(w.steps)} steps
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
