import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "./Picker";
import { useKind } from "./useKind";

const valid = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** A hint while a name is typed that the server would refuse. */
export function eventHint(name: string): string | undefined {
  if (name === "" || valid.test(name)) return undefined;
  if (/[A-Z]/.test(name)) return "Small letters only, such as purchase.completed.";
  if (/[\s-]/.test(name)) return "No spaces or hyphens: write order_paid.twice.";
  return name.includes(".") ? undefined : "Two words with a dot between, such as purchase.completed.";
}

/** The name of an event: a standard one, one seen in the log, or a new one. */
export function EventWidget(props: WidgetProps) {
  const value = textOf(props.value);
  const { options, busy } = useKind("events", value);
  return (
    <Picker
      {...control(props)}
      description={eventHint(value) ?? props.help}
      placeholder={props.placeholder ?? "purchase.completed"}
      value={value}
      options={options}
      busy={busy}
      onChange={(v, how) => props.onChange(v || undefined, how)}
    />
  );
}
