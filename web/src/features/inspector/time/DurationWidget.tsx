import { Group, Text } from "@mantine/core";
import { FieldGroup } from "../form/Group";
import { Labelled } from "../form/Labelled";
import type { How, WidgetProps } from "../form/scope";
import { DurationInput } from "./DurationInput";

/** A length of time; for an offset, before or after. */
export function DurationWidget(props: WidgetProps) {
  const signed = props.ui.widget === "offset";
  return (
    <Labelled {...props}>
      {(wired) => (
        <DurationInput
          name={props.label}
          wired={wired}
          value={props.value}
          placeholder={props.placeholder}
          signed={signed}
          disabled={props.readOnly}
          onChange={props.onChange}
        />
      )}
    </Labelled>
  );
}

/** The shortest and the longest of a range. */
export function DurationRangeWidget(props: WidgetProps) {
  const ends: unknown[] = Array.isArray(props.value) ? props.value : [];
  const take = (at: number, end: string | undefined, how: How) => {
    const next = [ends[0] ?? "", ends[1] ?? ""].with(at, end ?? "");
    props.onChange(next.every((e) => e === "") ? undefined : next, how);
  };
  const common = { placeholder: "1d", disabled: props.readOnly };
  return (
    <FieldGroup label={props.label} help={props.help} error={props.error} required={props.required} bare>
      <Group gap="xs">
        <DurationInput {...common} name="Shortest" value={ends[0]} onChange={(v, how) => take(0, v, how)} />
        <Text size="sm">and</Text>
        <DurationInput {...common} name="Longest" value={ends[1]} onChange={(v, how) => take(1, v, how)} />
      </Group>
    </FieldGroup>
  );
}
