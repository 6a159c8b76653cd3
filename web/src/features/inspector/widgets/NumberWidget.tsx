import { NumberInput } from "@mantine/core";
import { control, typing } from "../form/control";
import type { WidgetProps } from "../form/scope";

/** A number; what is out of its range is for the server to refuse. */
export function NumberWidget(props: WidgetProps) {
  const { schema, value, onChange } = props;
  return (
    <NumberInput
      {...control(props)}
      value={typeof value === "number" ? value : ""}
      onChange={(v) => onChange(typeof v === "number" ? v : undefined, typing)}
      allowDecimal={schema.type !== "integer"}
      allowNegative={schema.minimum === undefined || schema.minimum < 0}
      min={schema.minimum}
      max={schema.maximum}
      clampBehavior="none"
    />
  );
}
