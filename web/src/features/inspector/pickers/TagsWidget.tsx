import { TagsInput } from "@mantine/core";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { useKind } from "./useKind";

/** Several tags; a new one is made when the step first gives it. */
export function TagsWidget(props: WidgetProps) {
  const list = Array.isArray(props.value) ? props.value.map(textOf) : [];
  const { options } = useKind("tags", "");
  return (
    <TagsInput
      {...control(props)}
      description={props.help ?? "Type and press Enter. A new tag is created on use."}
      data={options.map((o) => o.value)}
      value={list}
      onChange={(tags) => props.onChange(tags.length > 0 ? tags : undefined)}
      acceptValueOnBlur
      clearable={!props.readOnly}
    />
  );
}
