import { Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Instant } from "@/shared";
import { useBuilder } from "../page/context";
import { type Watch, watchQuery } from "../queries";

const rows: { label: string; of: (count: Watch["after"]) => string }[] = [
  { label: "Entered", of: (c) => c.entered.toLocaleString("en") },
  { label: "Finished", of: (c) => c.finished.toLocaleString("en") },
  {
    label: "Steps failed",
    of: (c) => `${c.errors.toLocaleString("en")} of ${c.attempted.toLocaleString("en")}`,
  },
  { label: "Went on late", of: (c) => c.late.toLocaleString("en") },
];

/** The 48 hours after the last publish, against as much time before it. */
export function WatchCard() {
  const { workflow } = useBuilder();
  const { data } = useQuery({ ...watchQuery(workflow.key), enabled: workflow.version !== null });
  if (!data) return null;
  const over = data.done_at !== null;
  return (
    <Paper withBorder p="sm" mb="md" role="group" aria-label="Watch">
      <Stack gap="xs">
        <Title order={3} size="h5">
          {over ? `The 48 hours after version ${data.version}` : `Version ${data.version} is watched`}
        </Title>
        <Text size="sm" c="dimmed">
          {over ? (
            <>
              Summed up <Instant at={data.done_at} relative />.
            </>
          ) : (
            <>
              Until <Instant at={data.ends_at} />, against as much time before the publish. Then one summary goes to the
              channels.
            </>
          )}
        </Text>
        <Table withRowBorders={false} verticalSpacing={4} aria-label="Since the publish and before">
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              <Table.Th>Since</Table.Th>
              <Table.Th>Before</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ label, of }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" fw={400}>
                  {label}
                </Table.Th>
                <Table.Td>{of(data.after)}</Table.Td>
                <Table.Td>{of(data.before)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Paper>
  );
}
