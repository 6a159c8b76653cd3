import { Group, Select, TextInput } from "@mantine/core";
import { isPreset, type Preset, type Range, usual } from "../search";

const names: Record<Preset, string> = {
  today: "Today",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  "365d": "365 days",
};
const own = "own";
const choices = [
  ...Object.entries(names).map(([value, label]) => ({ value, label })),
  { value: own, label: "From … to …" },
];

type Props = {
  range: Range;
  /** The days that are shown now, to begin with when one chooses one's own. */
  shown?: { from: string; to: string };
  onChange: (range: Range) => void;
  size?: "xs" | "sm";
};

/** Chooses the days that are counted: by name, or from a first to a last one. */
export function RangeFields({ range, shown, onChange, size = "sm" }: Props) {
  const chosen = range.from || range.to ? own : (range.range ?? usual);
  const choose = (value: string | null) => {
    if (isPreset(value)) onChange(value === usual ? {} : { range: value });
    else onChange({ from: shown?.from, to: shown?.to });
  };
  return (
    <Group gap="xs" align="flex-end">
      <Select
        label="Started in"
        size={size}
        data={choices}
        value={chosen}
        allowDeselect={false}
        onChange={choose}
        w={140}
      />
      {chosen === own && (
        <>
          <Day label="From" size={size} value={range.from} onChange={(from) => onChange({ ...range, from })} />
          <Day label="To" size={size} value={range.to} onChange={(to) => onChange({ ...range, to })} />
        </>
      )}
    </Group>
  );
}

type DayProps = { label: string; size: "xs" | "sm"; value?: string; onChange: (day: string | undefined) => void };

function Day({ label, size, value, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      size={size}
      value={value ?? ""}
      onChange={(e) => onChange(e.currentTarget.value || undefined)}
      w={150}
    />
  );
}
