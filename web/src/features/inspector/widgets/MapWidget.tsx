import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { textOf, typing } from "../form/control";
import { FieldGroup } from "../form/Group";
import type { How, WidgetProps } from "../form/scope";
import { objectOf } from "../model/pointer";

type Row = [name: string, value: unknown];

function asObject(rows: Row[]): Record<string, unknown> | undefined {
  const entries = rows.filter(([name]) => name !== "");
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Reads what was typed as the type that the schema of the values asks for. */
function typedAs(text: string, type: unknown): unknown {
  if ((type === "number" || type === "integer") && text.trim() !== "" && Number.isFinite(Number(text)))
    return Number(text);
  return text;
}

/** Draws the value of one row. */
export type RowValue = (row: {
  name: string;
  value: string;
  disabled: boolean;
  onChange: (value: string, how: How) => void;
}) => ReactNode;

const plainValue: RowValue = ({ name, value, disabled, onChange }) => (
  <TextInput
    aria-label={`Value of ${name}`}
    placeholder="Value"
    value={value}
    disabled={disabled}
    onChange={(e) => onChange(e.currentTarget.value, typing)}
  />
);

/** Names with values. */
export function MapWidget({ rowValue = plainValue, ...props }: WidgetProps & { rowValue?: RowValue }) {
  const { value, onChange, schema, label, help, error, required, readOnly } = props;
  const [rows, setRows] = useState<Row[]>(() => Object.entries(objectOf(value)));
  const outside = JSON.stringify(asObject(Object.entries(objectOf(value))));
  if (JSON.stringify(asObject(rows)) !== outside) setRows(Object.entries(objectOf(value)));
  const type = typeof schema.additionalProperties === "object" ? schema.additionalProperties.type : undefined;
  const take = (next: Row[], how = { typing: false }) => {
    setRows(next);
    onChange(asObject(next), how);
  };
  return (
    <FieldGroup label={label} help={help} error={error} required={required}>
      <Stack gap="xs">
        {rows.map(([name, v], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while their names are typed
          <Group key={i} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name ${i + 1}`}
              placeholder="Name"
              value={name}
              disabled={readOnly}
              style={{ flex: 1, minWidth: 0 }}
              onChange={(e) => take(rows.with(i, [e.currentTarget.value, v]), typing)}
            />
            <div style={{ flex: 1, minWidth: 0 }}>
              {rowValue({
                name: name || `row ${i + 1}`,
                value: textOf(v),
                disabled: readOnly,
                onChange: (text, how) => take(rows.with(i, [name, typedAs(text, type)]), how),
              })}
            </div>
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={`Remove ${name || `row ${i + 1}`}`}
                onClick={() => take(rows.toSpliced(i, 1))}
              >
                <Trash2 size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!readOnly && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => setRows([...rows, ["", ""]])}
            style={{ alignSelf: "flex-start" }}
          >
            Add a row
          </Button>
        )}
      </Stack>
    </FieldGroup>
  );
}
