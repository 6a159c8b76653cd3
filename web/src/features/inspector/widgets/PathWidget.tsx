import { pathOption } from "../conditions/FieldRule";
import { usePaths } from "../conditions/usePaths";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "../pickers/Picker";

/** The path of a value: a field of the contact, of the trigger, of an answer that was kept. */
export function PathWidget(props: WidgetProps) {
  const { paths, busy } = usePaths();
  const usual = typeof props.schema.default === "string" ? [{ value: props.schema.default, hint: "default" }] : [];
  return (
    <Picker
      {...control(props)}
      placeholder={props.placeholder ?? "trigger.plan"}
      value={textOf(props.value)}
      options={[...usual, ...paths.map(pathOption)]}
      busy={busy}
      onChange={(v, how) => props.onChange(v || undefined, how)}
    />
  );
}
