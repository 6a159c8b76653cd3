import { zones } from "@/shared";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "../pickers/Picker";

/** An IANA time zone, or the contact's own where that is the default. */
export function TimezoneWidget(props: WidgetProps) {
  const options = [
    ...(props.schema.default === "contact" ? [{ value: "contact", label: "Each contact's own zone" }] : []),
    ...zones().map((zone) => ({ value: zone })),
  ];
  return (
    <Picker
      {...control(props)}
      placeholder={props.placeholder ?? "Europe/Berlin"}
      value={textOf(props.value)}
      options={options}
      onChange={(v, how) => props.onChange(v || undefined, how)}
    />
  );
}
