import { Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { textOf, typing } from "../form/control";
import type { How } from "../form/scope";
import { type Parts, readDuration, type Unit, units, writeDuration } from "./duration";

type Props = {
  /** Names the amount where no label does. */
  name?: string;
  wired?: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined };
  value: unknown;
  placeholder?: string | undefined;
  signed?: boolean;
  disabled?: boolean;
  size?: string;
  onChange: (value: string | undefined, how: How) => void;
};

const sides = [
  { value: "-1", label: "before" },
  { value: "1", label: "after" },
];

/** A length: a number and a unit; 90s or 2 days may be typed into the number. */
export function DurationInput({ name = "Length", wired, value, placeholder, signed, disabled, size, onChange }: Props) {
  const example = readDuration(placeholder ?? "", "d");
  const [unit, setUnit] = useState<Unit>(example.unit);
  const [side, setSide] = useState<1 | -1>(example.sign);
  const text = textOf(value);
  const read = text ? readDuration(text, unit) : { amount: "", unit, sign: side };
  const take = (parts: Parts, how: How) => {
    setUnit(parts.unit);
    setSide(parts.sign);
    onChange(writeDuration(parts), how);
  };
  const one = read.amount === "1";
  return (
    <Group gap="xs" wrap="nowrap">
      <TextInput
        {...wired}
        aria-label={wired ? undefined : name}
        value={read.amount}
        inputMode="numeric"
        placeholder={/^\d+$/.test(example.amount) ? example.amount : "2"}
        disabled={disabled}
        size={size}
        error={wired?.["aria-invalid"]}
        onChange={(e) => {
          const next = readDuration(e.currentTarget.value, read.unit);
          take({ ...next, sign: signed && next.sign > 0 ? read.sign : next.sign }, typing);
        }}
        style={{ flex: 1, minWidth: 56 }}
      />
      <Select
        aria-label={`${name}, unit`}
        data={units.map((u) => ({ value: u.value, label: one ? u.one : u.many }))}
        value={read.unit}
        allowDeselect={false}
        disabled={disabled}
        size={size}
        onChange={(u) => u && take({ ...read, unit: u as Unit }, { typing: false })}
        style={{ flex: 1, minWidth: 100 }}
      />
      {signed && (
        <Select
          aria-label={`${name}, before or after`}
          data={sides}
          value={String(read.sign)}
          allowDeselect={false}
          disabled={disabled}
          size={size}
          onChange={(s) => take({ ...read, sign: s === "-1" ? -1 : 1 }, { typing: false })}
          style={{ flex: 1, minWidth: 90 }}
        />
      )}
    </Group>
  );
}
