import { Chip, Group, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { textOf, typing } from "../form/control";
import { FieldGroup } from "../form/Group";
import type { WidgetProps } from "../form/scope";
import { type Often, type Plan, readCron, writeCron } from "./cron";
import { readTime } from "./duration";
import { days } from "./WeekdaysWidget";

const choices: { value: Often; label: string }[] = [
  { value: "hour", label: "Every hour" },
  { value: "day", label: "Every day" },
  { value: "week", label: "Every week" },
  { value: "month", label: "Every month" },
  { value: "cron", label: "Otherwise (cron)" },
];
const usual: Plan = { often: "week", time: "09:00", days: ["mon"], date: 1 };

/** A schedule, said by what it does; what a form cannot say is written as cron. */
export function CronWidget(props: WidgetProps) {
  const { label, help, error, required, readOnly, onChange } = props;
  const value = textOf(props.value);
  const read = readCron(value);
  const [wished, wish] = useState<Often>(() => (value === "" || read ? "week" : "cron"));
  const often = read && wished !== "cron" ? read.often : value === "" ? wished : "cron";
  const plan = read ?? usual;
  const take = (change: Partial<Plan>, typed = false) => {
    const next = { ...plan, ...change };
    if (next.often !== "cron") onChange(writeCron({ ...next, often: next.often }), { typing: typed });
  };
  const choose = (next: Often) => {
    wish(next);
    if (next !== "cron") take({ often: next, days: plan.days.length > 0 ? plan.days : usual.days });
  };
  return (
    <FieldGroup label={label} error={error} required={required} bare help={often === "cron" ? help : undefined}>
      <Stack gap="xs">
        <Group gap="xs" align="flex-start">
          <Select
            aria-label="How often"
            data={choices}
            value={value === "" && wished !== "cron" ? null : often}
            placeholder="How often"
            allowDeselect={false}
            disabled={readOnly}
            onChange={(next) => next && choose(next as Often)}
            style={{ flex: 2, minWidth: 130 }}
          />
          {often !== "cron" && value !== "" && (
            <Moment key={often} plan={{ ...plan, often }} readOnly={readOnly} onChange={take} />
          )}
        </Group>
        {often === "week" && value !== "" && (
          <Chip.Group multiple value={plan.days} onChange={(next) => next.length > 0 && take({ days: inOrder(next) })}>
            <Group gap={4}>
              {days.map(([key, short, name]) => (
                <Chip key={key} value={key} size="xs" radius="sm" icon={null} disabled={readOnly} aria-label={name}>
                  {short}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
        {often === "cron" && (
          <TextInput
            aria-label={label}
            value={value}
            placeholder={props.placeholder}
            disabled={readOnly}
            spellCheck={false}
            onChange={(e) => onChange(e.currentTarget.value || undefined, typing)}
          />
        )}
      </Stack>
    </FieldGroup>
  );
}

const inOrder = (chosen: string[]) => days.map(([key]) => key).filter((key) => chosen.includes(key));

type MomentProps = { plan: Plan; readOnly: boolean; onChange: (change: Partial<Plan>, typed?: boolean) => void };

/** The minute, the time of day, or the day of the month and the time. */
function Moment({ plan, readOnly, onChange }: MomentProps) {
  const [text, setText] = useState(plan.time);
  const leave = () => {
    const time = readTime(text);
    const fits = /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
    setText(fits ? time : plan.time);
    if (fits && time !== plan.time) onChange({ time }, true);
  };
  if (plan.often === "hour") {
    const minute = Number(plan.time.slice(3));
    const take = (v: string | number) => {
      const whole = Math.min(59, Math.max(0, Math.trunc(Number(v) || 0)));
      onChange({ time: `00:${String(whole).padStart(2, "0")}` }, true);
    };
    return <Count label="Minute of the hour" value={minute} min={0} max={59} readOnly={readOnly} onChange={take} />;
  }
  return (
    <>
      {plan.often === "month" && (
        <Count
          label="Day of the month"
          value={plan.date}
          min={1}
          max={31}
          readOnly={readOnly}
          onChange={(v) => onChange({ date: Math.min(31, Math.max(1, Math.trunc(Number(v) || 1))) }, true)}
        />
      )}
      <TextInput
        aria-label="Time of day"
        value={text}
        disabled={readOnly}
        maxLength={10}
        onChange={(e) => setText(e.currentTarget.value)}
        onBlur={leave}
        style={{ flex: 1, minWidth: 80 }}
      />
    </>
  );
}

type CountProps = {
  label: string;
  value: number;
  min: number;
  max: number;
  readOnly: boolean;
  onChange: (value: string | number) => void;
};

function Count({ label, readOnly, ...rest }: CountProps) {
  return (
    <NumberInput
      {...rest}
      aria-label={label}
      title={label}
      disabled={readOnly}
      allowDecimal={false}
      style={{ flex: 1, minWidth: 80 }}
    />
  );
}
