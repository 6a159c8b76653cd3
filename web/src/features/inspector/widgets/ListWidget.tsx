import { ActionIcon, Button, Group, Stack } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { Field } from "../form/Field";
import { FieldGroup } from "../form/Group";
import { ObjectFields } from "../form/ObjectFields";
import type { How, WidgetProps } from "../form/scope";
import { join, objectOf } from "../model/pointer";
import { kindOf, type Schema } from "../model/schema";

function start(items: Schema): unknown {
  const kind = kindOf(items);
  if (kind === "object" || kind === "map") return {};
  return kind === "switch" ? false : kind === "text" ? "" : null;
}

/** Several values of one kind, in order. */
export function ListWidget(props: WidgetProps) {
  const { schema, value, pointer, label, help, error, required, readOnly, onChange } = props;
  const items = schema.items ?? {};
  const list: unknown[] = Array.isArray(value) ? value : [];
  const take = (next: unknown[], how?: How) => onChange(next.length > 0 ? next : undefined, how);
  const swap = (i: number, j: number) => take(list.with(i, list[j]).with(j, list[i]));
  const full = schema.maxItems !== undefined && list.length >= schema.maxItems;
  return (
    <FieldGroup label={label} help={help} error={error} required={required} bare>
      <Stack gap="sm">
        {list.map((item, i) => (
          <FieldGroup
            // biome-ignore lint/suspicious/noArrayIndexKey: entries of a document have no identity but their place
            key={i}
            label={`${i + 1}.`}
            actions={
              !readOnly && (
                <Moves
                  name={`${label} ${i + 1}`}
                  index={i}
                  count={list.length}
                  onSwap={swap}
                  onRemove={() => take(list.toSpliced(i, 1))}
                />
              )
            }
          >
            <Stack gap="md">
              {items.properties ? (
                <ObjectFields
                  schema={items}
                  value={objectOf(item)}
                  pointer={join(pointer, i)}
                  onChange={(v, how) => take(list.with(i, v), how)}
                />
              ) : (
                <Field
                  field={{
                    key: String(i),
                    schema: items,
                    ui: items["x-ui"] ?? {},
                    label: `${label} ${i + 1}`,
                    required: false,
                  }}
                  value={item}
                  pointer={join(pointer, i)}
                  siblings={{}}
                  onChange={(v, how) => take(list.with(i, v ?? start(items)), how)}
                  onSiblings={() => {}}
                />
              )}
            </Stack>
          </FieldGroup>
        ))}
        {!readOnly && !full && (
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => take([...list, start(items)])}
            style={{ alignSelf: "flex-start" }}
          >
            Add
          </Button>
        )}
      </Stack>
    </FieldGroup>
  );
}

type MovesProps = {
  name: string;
  index: number;
  count: number;
  onSwap: (i: number, j: number) => void;
  onRemove: () => void;
};

/** Moves and removes an entry of a list. */
export function Moves({ name, index, count, onSwap, onRemove }: MovesProps) {
  const common = { variant: "subtle", color: "gray", size: 28 } as const;
  return (
    <Group gap={2} wrap="nowrap">
      {count > 1 && (
        <>
          <ActionIcon
            {...common}
            aria-label={`Move ${name} up`}
            disabled={index === 0}
            onClick={() => onSwap(index, index - 1)}
          >
            <ArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            {...common}
            aria-label={`Move ${name} down`}
            disabled={index === count - 1}
            onClick={() => onSwap(index, index + 1)}
          >
            <ArrowDown size={16} aria-hidden />
          </ActionIcon>
        </>
      )}
      <ActionIcon {...common} aria-label={`Remove ${name}`} onClick={onRemove}>
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
