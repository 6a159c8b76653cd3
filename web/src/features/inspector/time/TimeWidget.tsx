import { TextInput } from "@mantine/core";
import { control, textOf, typing } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { readTime } from "./duration";

/** A local time of day; 9, 930 and 9 pm are understood when the field is left. */
export function TimeWidget(props: WidgetProps) {
  const value = textOf(props.value);
  return (
    <TextInput
      {...control(props)}
      placeholder={props.placeholder ?? "09:00"}
      value={value}
      maxLength={10}
      onChange={(e) => props.onChange(e.currentTarget.value || undefined, typing)}
      onBlur={() => {
        if (value && readTime(value) !== value) props.onChange(readTime(value), typing);
      }}
    />
  );
}
