import { Select, Stack } from "@mantine/core";
import { textOf } from "../form/control";
import type { How } from "../form/scope";
import { join, withKey } from "../model/pointer";
import { DurationInput } from "../time/DurationInput";
import { Bounds } from "./Bounds";
import { FactPicker } from "./FactRule";
import { AddButton } from "./GroupView";
import { RuleView } from "./RuleView";
import { newRule, type Rule } from "./rules";
import { useCondition } from "./scope";

type Props = { rule: Rule; name: string; pointer: string; onChange: (rule: Rule, how?: How) => void };

const times = [
  { value: "ever", label: "at any time" },
  { value: "within", label: "within the last" },
  { value: "since", label: "since the enrollment started" },
];

/** What a contact did: an event, how often and since when. */
export function DidRule({ rule, name, pointer, onChange }: Props) {
  const { readOnly, filter } = useCondition();
  const set = (key: string) => (value: unknown, how?: How) => onChange(withKey(rule, key, value), how);
  const time = rule.since !== undefined ? "since" : rule.within !== undefined ? "within" : "ever";
  const setTime = (next: string | null) => {
    const { within: _, since: __, ...rest } = rule;
    if (next === "within") onChange({ ...rest, within: "30d" });
    else onChange(next === "since" ? { ...rest, since: "enrollment" } : rest);
  };
  return (
    <Stack gap={6}>
      <FactPicker kind="events" name={name} value={textOf(rule.did)} disabled={readOnly} onChange={set("did")} />
      <Bounds
        label={`How often in ${name}`}
        unit="times"
        value={rule.count}
        disabled={readOnly}
        onChange={set("count")}
      />
      <Select
        aria-label={`When, in ${name}`}
        size="xs"
        data={filter ? times.filter((t) => t.value !== "since") : times}
        value={time}
        allowDeselect={false}
        disabled={readOnly}
        onChange={setTime}
      />
      {time === "within" && (
        <DurationInput
          name={`Since when, in ${name}`}
          value={rule.within}
          size="xs"
          disabled={readOnly}
          onChange={set("within")}
        />
      )}
      {rule.where !== undefined ? (
        <RuleView
          value={rule.where}
          pointer={join(pointer, "where")}
          name={`what ${name} demands of the event`}
          onChange={set("where")}
          onRemove={() => set("where")(undefined)}
        />
      ) : (
        !readOnly && <AddButton onClick={() => set("where")(newRule("field"))}>Only when</AddButton>
      )}
    </Stack>
  );
}
