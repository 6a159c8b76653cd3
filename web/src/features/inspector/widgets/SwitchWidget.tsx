import { Select, Switch } from "@mantine/core";
import { control } from "../form/control";
import type { WidgetProps } from "../form/scope";

/** Yes or no. Without a default there is a third answer: not said. */
export function SwitchWidget(props: WidgetProps) {
  const { schema, value, label, help, error, readOnly, onChange } = props;
  const otherwise = schema.const === true ? false : schema.default;
  if (otherwise === undefined) {
    return (
      <Select
        {...control(props)}
        placeholder="As usual"
        data={[
          { value: "true", label: "Yes" },
          { value: "false", label: "No" },
        ]}
        value={typeof value === "boolean" ? String(value) : null}
        onChange={(v) => onChange(v === null ? undefined : v === "true")}
        clearable
      />
    );
  }
  return (
    <Switch
      label={label}
      description={help}
      error={error}
      disabled={readOnly}
      checked={typeof value === "boolean" ? value : otherwise === true}
      onChange={(e) => onChange(e.currentTarget.checked === otherwise ? undefined : e.currentTarget.checked)}
    />
  );
}
