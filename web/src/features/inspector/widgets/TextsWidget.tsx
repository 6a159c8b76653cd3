import { TagsInput } from "@mantine/core";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";

/** Several texts. Where one may stand alone, one does. */
export function TextsWidget(props: WidgetProps) {
  const { schema, value, onChange } = props;
  const list = Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)];
  const single = schema.anyOf !== undefined;
  const take = (next: string[]) => {
    if (next.length === 0) onChange(undefined);
    else onChange(single && next.length === 1 ? next[0] : next);
  };
  return (
    <TagsInput
      {...control(props)}
      placeholder={list.length === 0 ? (props.placeholder ?? "Type and press Enter") : undefined}
      value={list}
      onChange={take}
      splitChars={[]}
      acceptValueOnBlur
      clearable={!props.readOnly}
    />
  );
}
