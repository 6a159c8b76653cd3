import { Group, NumberInput, Select } from "@mantine/core";
import { typing } from "../form/control";
import type { How } from "../form/scope";
import { objectOf } from "../model/pointer";

const words = [
  { value: "gte", label: "at least" },
  { value: "gt", label: "more than" },
  { value: "lte", label: "at most" },
  { value: "lt", label: "less than" },
  { value: "eq", label: "exactly" },
  { value: "ne", label: "not exactly" },
];

type Props = {
  label: string;
  unit: string;
  value: unknown;
  disabled: boolean;
  onChange: (value: unknown, how?: How) => void;
};

/** A limit of a count: at least 3 times. Without a number there is no limit. */
export function Bounds({ label, unit, value, disabled, onChange }: Props) {
  const [[op, limit] = ["gte", undefined], ...more] = Object.entries(objectOf(value));
  const rest = Object.fromEntries(more);
  return (
    <Group gap={6} wrap="nowrap">
      <Select
        aria-label={`${label}, how it is limited`}
        size="xs"
        data={words}
        value={op}
        allowDeselect={false}
        disabled={disabled || limit === undefined}
        onChange={(next) => next && onChange({ [next]: limit, ...rest })}
        style={{ flex: 1 }}
      />
      <NumberInput
        aria-label={label}
        size="xs"
        placeholder={unit}
        suffix={` ${unit}`}
        min={0}
        clampBehavior="none"
        value={typeof limit === "number" ? limit : ""}
        disabled={disabled}
        onChange={(n) => onChange(typeof n === "number" ? { [op]: n, ...rest } : undefined, typing)}
        style={{ flex: 1 }}
      />
    </Group>
  );
}
