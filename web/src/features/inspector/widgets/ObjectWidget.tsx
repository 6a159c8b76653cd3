import { Stack, Switch } from "@mantine/core";
import { useRef } from "react";
import { Field } from "../form/Field";
import { FieldGroup } from "../form/Group";
import { ObjectFields } from "../form/ObjectFields";
import type { WidgetProps } from "../form/scope";
import { join, objectOf } from "../model/pointer";
import { fieldsOf } from "../model/schema";

/** An object inside an object. One that may be absent is switched on; a single key stands for its object. */
export function ObjectWidget(props: WidgetProps) {
  const { schema, value, pointer, label, help, error, required, readOnly, onChange } = props;
  const shelf = useRef<unknown>({});
  const fields = fieldsOf(schema);
  const [only] = fields;
  if (only && fields.length === 1) {
    const field = { ...only, label: `${label}: ${only.label.toLowerCase()}`, required: required && only.required };
    const take = (v: unknown, how?: { typing: boolean }) =>
      onChange(v === undefined ? undefined : { [only.key]: v }, how);
    const at = join(pointer, only.key);
    const inner = objectOf(value);
    return (
      <Field
        field={field}
        value={inner[only.key]}
        pointer={at}
        siblings={inner}
        onChange={take}
        onSiblings={(v, how) => take(v[only.key], how)}
      />
    );
  }
  const given = value !== undefined;
  const toggle = (on: boolean) => {
    if (!on) shelf.current = value;
    onChange(on ? shelf.current : undefined);
  };
  if (!given && !required) {
    return (
      <Switch label={label} description={help} checked={false} disabled={readOnly} onChange={() => toggle(true)} />
    );
  }
  const off = !required && <Switch aria-label={label} checked disabled={readOnly} onChange={() => toggle(false)} />;
  return (
    <FieldGroup label={label} help={help} error={error} required={required} actions={off}>
      <Stack gap="md">
        <ObjectFields schema={schema} value={objectOf(value)} pointer={pointer} onChange={onChange} />
      </Stack>
    </FieldGroup>
  );
}
