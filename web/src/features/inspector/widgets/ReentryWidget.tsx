import { Select, Stack } from "@mantine/core";
import { control } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { objectOf } from "../model/pointer";
import { DurationInput } from "../time/DurationInput";

const ways = [
  { value: "after_exit", label: "When the earlier passage has ended (default)" },
  { value: "once", label: "Never again" },
  { value: "cooldown", label: "Not until some time after the last start" },
];

/** When a contact may enter again: a word, or a time that must have passed. */
export function ReentryWidget(props: WidgetProps) {
  const { value, readOnly, label, onChange } = props;
  const cooldown = objectOf(value).cooldown;
  const way = cooldown !== undefined ? "cooldown" : value === "once" ? "once" : "after_exit";
  const pick = (next: string | null) => {
    if (next === "cooldown") onChange({ cooldown: "7d" });
    else onChange(next === "once" ? "once" : undefined);
  };
  return (
    <Stack gap="xs">
      <Select {...control(props)} placeholder="" data={ways} value={way} allowDeselect={false} onChange={pick} />
      {way === "cooldown" && (
        <DurationInput
          name={`${label}: not again within`}
          value={cooldown}
          placeholder="7d"
          disabled={readOnly}
          onChange={(length, how) => onChange({ cooldown: length ?? "" }, how)}
        />
      )}
    </Stack>
  );
}
