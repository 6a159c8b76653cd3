import { NumberInput, TextInput } from "@mantine/core";
import { lengthWords } from "../words";
import { asPercent, type LimitField } from "./limits";

type Props = {
  field: LimitField;
  /** Names the group where the label alone would not tell. */
  group: string;
  value: unknown;
  error: string | undefined;
  disabled: boolean;
  onChange: (value: unknown) => void;
};

/** A limit: a length such as 15m, a number, or a share. */
export function LimitInput({ field: { label, as, of, step }, group, value, error, disabled, onChange }: Props) {
  const name = { label, "aria-label": `${group}: ${label}`, error, disabled };
  if (as === "length") {
    const text = String(value ?? "");
    const words = lengthWords(text);
    return (
      <TextInput
        {...name}
        description={words === text ? "Like 90s, 15m, 4h, 7d" : words}
        value={text}
        onChange={(e) => onChange(e.currentTarget.value.trim())}
      />
    );
  }
  const number = typeof value === "number" ? value : 0;
  return (
    <NumberInput
      {...name}
      description={of}
      min={0}
      step={step ?? 1}
      value={as === "percent" ? asPercent(number) : number}
      onChange={(v) => typeof v === "number" && onChange(as === "percent" ? Math.round(v * 1e4) / 1e6 : v)}
    />
  );
}
