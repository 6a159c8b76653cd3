import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { FieldGroup } from "../form/Group";
import type { Widget, WidgetProps } from "../form/scope";
import { LiquidWidget } from "../liquid/LiquidWidget";
import { JsonWidget } from "./JsonWidget";
import { NumberWidget } from "./NumberWidget";
import { SwitchWidget } from "./SwitchWidget";

type Form = "text" | "number" | "boolean" | "json";

const forms: { value: Form; label: string; widget: Widget }[] = [
  { value: "text", label: "Text", widget: LiquidWidget },
  { value: "number", label: "Number", widget: NumberWidget },
  { value: "boolean", label: "Yes or no", widget: SwitchWidget },
  { value: "json", label: "JSON", widget: JsonWidget },
];

function formOf(value: unknown): Form | null {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return value === undefined ? null : "json";
}

/** A value of any type: the type is chosen, then the value. */
export function ValueWidget(props: WidgetProps) {
  const [wished, setWished] = useState<Form>(formOf(props.value) ?? "text");
  const form = wished === "json" ? "json" : (formOf(props.value) ?? wished);
  const Control = forms.find((f) => f.value === form)?.widget ?? JsonWidget;
  const pick = (next: string) => {
    setWished(next as Form);
    if (next !== "json" && next !== form) props.onChange(undefined);
  };
  return (
    <FieldGroup label={props.label} help={props.help} required={props.required} bare>
      <Stack gap="xs">
        <SegmentedControl
          size="xs"
          data={forms.map(({ value, label }) => ({ value, label }))}
          value={form}
          disabled={props.readOnly}
          aria-label={`Type of ${props.label.toLowerCase()}`}
          onChange={pick}
        />
        <Control {...props} schema={{}} help={undefined} required={false} />
      </Stack>
    </FieldGroup>
  );
}
