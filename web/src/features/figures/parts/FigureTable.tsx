import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import type { Column } from "../columns";
import { Beside } from "./Beside";
import { Value } from "./Value";

type Props<T> = {
  label: string;
  /** What a line is about, above the first column. */
  head: string;
  columns: readonly Column<T>[];
  lines: readonly { key: string; head: ReactNode; cells: readonly { label: string; row: T | undefined }[] }[];
  /** Puts something around a value: a link to who is meant. */
  wrap?: (column: Column<T>, row: T, label: string, value: ReactNode) => ReactNode;
  minWidth?: number;
};

/** A table of figures, a line for each thing; what is compared stands in the same cell. */
export function FigureTable<T>({ label, head, columns, lines, wrap, minWidth = 760 }: Props<T>) {
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ "aria-label": label }}>
      <Table highlightOnHover verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head}</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column.label} title={column.means}>
                {column.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line.key}>
              <Table.Th scope="row">{line.head}</Table.Th>
              {columns.map((column) => (
                <Table.Td key={column.label}>
                  <Beside
                    of={line.cells.map(({ label: side, row }) => ({
                      label: side,
                      value: row === undefined ? "not there" : cell(column, row, side, wrap),
                    }))}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function cell<T>(column: Column<T>, row: T, side: string, wrap: Props<T>["wrap"]): ReactNode {
  const value = <Value of={column.of(row)} />;
  return wrap ? wrap(column, row, side, value) : value;
}
