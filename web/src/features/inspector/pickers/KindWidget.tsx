import { control, textOf } from "../form/control";
import type { Widget, WidgetProps } from "../form/scope";
import { Picker } from "./Picker";
import { type KindName, useKind } from "./useKind";

/** The picker of a kind as the widget of a field. */
export function kindWidget(name: KindName): Widget {
  return function KindWidget(props: WidgetProps) {
    const value = textOf(props.value);
    const { options, busy, create, noun } = useKind(name, value);
    return (
      <Picker
        {...control(props)}
        placeholder={props.placeholder ?? `Choose or type a ${noun}`}
        value={value}
        options={options}
        busy={busy}
        create={create}
        onChange={(v, how) => props.onChange(v || undefined, how)}
      />
    );
  };
}
