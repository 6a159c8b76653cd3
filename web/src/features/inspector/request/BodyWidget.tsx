import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { FieldGroup } from "../form/Group";
import type { WidgetProps } from "../form/scope";
import { LiquidLinesWidget } from "../liquid/LiquidWidget";
import { JsonWidget } from "../widgets/JsonWidget";
import { MapWidget } from "../widgets/MapWidget";
import { type BodyForm, bodyAs, bodyFormOf } from "./body";

const forms: { value: BodyForm; label: string }[] = [
  { value: "usual", label: "Default" },
  { value: "pairs", label: "Fields" },
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
];

/** JSON for people: names with values, JSON, and where it may be other than an object, nothing said or text. */
export function BodyWidget(props: WidgetProps) {
  const { value, label, help, error, required, readOnly, schema, onChange } = props;
  const [wished, setWished] = useState<BodyForm>(() => bodyFormOf(value));
  const found = bodyFormOf(value);
  const isObject = schema.type === "object";
  const offered = isObject ? forms.filter((f) => f.value === "pairs" || f.value === "json") : forms;
  const wanted = found === "usual" || (found === "pairs" && wished === "json") ? wished : found;
  const form = isObject && wanted !== "json" ? "pairs" : wanted;
  const inner = { ...props, label: `${label} sent`, help: undefined, required: false, schema: {} };
  return (
    <FieldGroup label={label} help={help} error={error} required={required} bare>
      <Stack gap="xs">
        <SegmentedControl
          size="xs"
          data={offered}
          value={form}
          disabled={readOnly}
          aria-label={`Form of the ${label.toLowerCase()}`}
          onChange={(next) => {
            setWished(next as BodyForm);
            const taken = bodyAs(value, next as BodyForm);
            onChange(taken === "" ? undefined : taken);
          }}
        />
        {form === "pairs" && <MapWidget {...inner} />}
        {form === "json" && <JsonWidget {...inner} />}
        {form === "text" && <LiquidLinesWidget {...inner} />}
      </Stack>
    </FieldGroup>
  );
}
