import { Select } from "@mantine/core";
import { humanised } from "@/shared";
import { control } from "../form/control";
import type { WidgetProps } from "../form/scope";

/** One of a few words; the default stands there until another is chosen. */
export function ChoiceWidget(props: WidgetProps) {
  const { schema, value, onChange, required } = props;
  const words = (schema.enum ?? []).map(String);
  const given = value === undefined ? null : String(value);
  const data = words.map((word) => ({ value: word, label: humanised(word) }));
  if (given !== null && !words.includes(given)) data.push({ value: given, label: `${given} (unknown)` });
  const usual = schema.default === undefined ? undefined : `${humanised(String(schema.default))} (default)`;
  return (
    <Select
      {...control(props)}
      placeholder={usual ?? props.placeholder ?? (required ? "Choose" : "As usual")}
      data={data}
      value={given}
      onChange={(word) => onChange((schema.enum ?? []).find((v) => String(v) === word))}
      clearable={!required}
      allowDeselect={!required}
    />
  );
}
