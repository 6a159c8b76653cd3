import { Textarea, TextInput } from "@mantine/core";
import { control, textOf, typing } from "../form/control";
import type { WidgetProps } from "../form/scope";

/** One line of text. */
export function TextWidget(props: WidgetProps) {
  return (
    <TextInput
      {...control(props)}
      value={textOf(props.value)}
      onChange={(e) => props.onChange(e.currentTarget.value || undefined, typing)}
      spellCheck={!props.schema.type || !("pattern" in props.schema)}
    />
  );
}

/** Text of several lines. */
export function TextareaWidget(props: WidgetProps) {
  return (
    <Textarea
      {...control(props)}
      autosize
      minRows={2}
      maxRows={12}
      value={textOf(props.value)}
      onChange={(e) => props.onChange(e.currentTarget.value || undefined, typing)}
    />
  );
}
