import { Table, Text } from "@mantine/core";
import type { Schemas } from "@/api";

/** The rows that were left out, and why. */
export function RowErrors({ errors, total = errors.length }: { errors: Schemas["JobError"][]; total?: number }) {
  if (errors.length === 0) return null;
  return (
    <>
      <Text fw={600} mt="sm">
        {total.toLocaleString()} {total === 1 ? "row is" : "rows are"} left out
      </Text>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Row</Table.Th>
              <Table.Th>Column</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {errors.map((e) => (
              <Table.Tr key={`${e.row} ${e.field} ${e.message}`}>
                <Table.Td>{e.row}</Table.Td>
                <Table.Td>{e.field}</Table.Td>
                <Table.Td>{e.message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
