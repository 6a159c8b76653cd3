import { Group, NumberInput, Text } from "@mantine/core";
import { useState } from "react";
import { textOf } from "../form/control";
import { Labelled } from "../form/Labelled";
import type { How, WidgetProps } from "../form/scope";
import { DurationInput } from "./DurationInput";

/** A count in a length of time: 100 in 1 hour. What was typed stands as it is, for the server to judge. */
export function RateWidget(props: WidgetProps) {
  const value = textOf(props.value);
  const [count = "", per] = value.split("/");
  const [, wished = "1h"] = (props.placeholder ?? "").split("/");
  const [example = "100"] = (props.placeholder ?? "").split("/");
  // Half of a rate is kept here until its other half is given.
  const [left, leave] = useState("");
  const length = per ?? (left || wished);
  const take = (next: string, during: string, how: How) => {
    leave(during);
    props.onChange(next === "" ? undefined : `${next}/${during}`, how);
  };
  return (
    <Labelled {...props}>
      {(wired) => (
        <Group gap="xs" wrap="nowrap" align="center">
          <NumberInput
            {...wired}
            value={count}
            placeholder={example}
            allowDecimal={false}
            allowNegative={false}
            disabled={props.readOnly}
            error={wired["aria-invalid"]}
            onChange={(v) => take(String(v), length, { typing: true })}
            style={{ flex: 1, minWidth: 72 }}
          />
          <Text size="sm">in</Text>
          <div style={{ flex: 2 }}>
            <DurationInput
              name={`${props.label}, in`}
              value={length}
              disabled={props.readOnly}
              onChange={(v, how) => (count === "" ? leave(v ?? "") : take(count, v ?? "", how))}
            />
          </div>
        </Group>
      )}
    </Labelled>
  );
}
