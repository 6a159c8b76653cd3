import { Button, Chip, Group } from "@mantine/core";
import { FieldGroup } from "../form/Group";
import type { WidgetProps } from "../form/scope";

export const days = [
  ["mon", "Mon", "Monday"],
  ["tue", "Tue", "Tuesday"],
  ["wed", "Wed", "Wednesday"],
  ["thu", "Thu", "Thursday"],
  ["fri", "Fri", "Friday"],
  ["sat", "Sat", "Saturday"],
  ["sun", "Sun", "Sunday"],
] as const;
const working: string[] = ["mon", "tue", "wed", "thu", "fri"];

/** A set of weekdays; all of them is the same as none said. */
export function WeekdaysWidget({ label, help, error, required, value, readOnly, onChange }: WidgetProps) {
  const given = Array.isArray(value) ? value.map(String) : days.map(([key]) => key);
  const take = (next: string[]) => {
    const inOrder = days.map(([key]) => key).filter((key) => next.includes(key));
    if (inOrder.length > 0) onChange(inOrder.length === days.length ? undefined : inOrder);
  };
  const shortcut = { variant: "subtle", size: "compact-xs", disabled: readOnly } as const;
  return (
    <FieldGroup
      label={label}
      help={help}
      error={error}
      required={required}
      bare
      actions={
        <Group gap={4}>
          <Button {...shortcut} onClick={() => take(working)}>
            Mon–Fri
          </Button>
          <Button {...shortcut} onClick={() => onChange(undefined)}>
            Every day
          </Button>
        </Group>
      }
    >
      <Chip.Group multiple value={given} onChange={take}>
        <Group gap={4}>
          {days.map(([key, short, name]) => (
            <Chip
              key={key}
              value={key}
              size="xs"
              radius="sm"
              icon={null}
              disabled={readOnly}
              aria-label={name}
              styles={{ label: { paddingInline: 6 } }}
            >
              {short}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </FieldGroup>
  );
}
