import { Checkbox, Table, VisuallyHidden } from "@mantine/core";
import type { Enrollment } from "../filter";
import { EnrollmentRow } from "./EnrollmentRow";

type Props = {
  items: readonly Enrollment[];
  selected: ReadonlySet<string>;
  onSelect: (ids: readonly string[], on: boolean) => void;
};

/** Enrollments with where they stand. On a phone the columns stand below each other. */
export function EnrollmentTable({ items, selected, onSelect }: Props) {
  const all = items.length > 0 && items.every((e) => selected.has(e.id));
  const some = items.some((e) => selected.has(e.id));
  return (
    <Table highlightOnHover verticalSpacing="xs" aria-label="Enrollments">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={40}>
            <Checkbox
              aria-label="Select all that are shown"
              checked={all}
              indeterminate={some && !all}
              onChange={(e) =>
                onSelect(
                  items.map((i) => i.id),
                  e.currentTarget.checked,
                )
              }
            />
          </Table.Th>
          <Table.Th>Contact</Table.Th>
          <Table.Th visibleFrom="md">Workflow</Table.Th>
          <Table.Th visibleFrom="md">Status</Table.Th>
          <Table.Th visibleFrom="md">Where</Table.Th>
          <Table.Th visibleFrom="lg">Started</Table.Th>
          <Table.Th w={44}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((e) => (
          <EnrollmentRow
            key={e.id}
            enrollment={e}
            selected={selected.has(e.id)}
            onSelect={(on) => onSelect([e.id], on)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
