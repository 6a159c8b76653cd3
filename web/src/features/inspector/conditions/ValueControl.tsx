import { ActionIcon, Box, Group, NumberInput, Select, TagsInput } from "@mantine/core";
import { Link2, Link2Off } from "lucide-react";
import { textOf, typing } from "../form/control";
import type { How } from "../form/scope";
import { objectOf, withKey } from "../model/pointer";
import { Picker } from "../pickers/Picker";
import { DurationInput } from "../time/DurationInput";
import { pathOption } from "./FieldRule";
import { type PathType, type Rule, typedValue, valueKind } from "./rules";
import { useCondition } from "./scope";

type Props = { rule: Rule; type: PathType | undefined; name: string; onChange: (rule: Rule, how?: How) => void };
type Control = { label: string; value: unknown; disabled: boolean; set: (value: unknown, how?: How) => void };

const yesNo = [
  { value: "true", label: "yes" },
  { value: "false", label: "no" },
];

/** The value of a rule, by the type of its field; or another field that it is compared with. */
export function ValueControl({ rule, type, name, onChange }: Props) {
  const { paths, readOnly } = useCondition();
  const ref = objectOf(rule.value).ref;
  const set = (value: unknown, how?: How) => onChange(withKey(rule, "value", value), how);
  const control: Control = { label: `Value of ${name}`, value: rule.value, disabled: readOnly, set };
  const isRef = ref !== undefined;
  const Icon = isRef ? Link2Off : Link2;
  return (
    <Group gap={2} wrap="nowrap" align="flex-start">
      <Box style={{ flex: 1, minWidth: 0 }}>
        {isRef ? (
          <Picker
            aria-label={`Field that ${name} compares with`}
            size="xs"
            placeholder="contact.plan"
            value={textOf(ref)}
            options={paths.map(pathOption)}
            disabled={readOnly}
            onChange={(path, how) => set({ ref: path }, how)}
          />
        ) : (
          <Plain {...control} rule={rule} type={type} />
        )}
      </Box>
      {!readOnly && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={isRef ? `Compare ${name} with a value` : `Compare ${name} with another field`}
          title={isRef ? "Compare with a value" : "Compare with another field"}
          onClick={() => set(isRef ? undefined : { ref: "" })}
        >
          <Icon size={14} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

function Plain({ label, value, disabled, set, rule, type }: Control & { rule: Rule; type: PathType | undefined }) {
  const { paths } = useCondition();
  const common = { "aria-label": label, size: "xs", disabled } as const;
  switch (valueKind(textOf(rule.op), type)) {
    case "duration":
      return <DurationInput name={label} value={value} disabled={disabled} size="xs" onChange={set} />;
    case "list":
      return (
        <TagsInput
          {...common}
          placeholder="Type and press Enter"
          value={Array.isArray(value) ? value.map(textOf) : []}
          onChange={(list) => set(list.map((v) => typedValue(v, type)))}
          splitChars={[","]}
          acceptValueOnBlur
        />
      );
    case "boolean": {
      const given = typeof value === "boolean" ? String(value) : null;
      return <Select {...common} data={yesNo} value={given} onChange={(v) => v && set(v === "true")} />;
    }
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" || typeof value === "string" ? value : ""}
          onChange={(v) => set(v === "" ? undefined : v, typing)}
        />
      );
    default: {
      const sample = paths.find((p) => p.path === rule.field)?.sample;
      const options = typeof sample === "string" ? [{ value: sample, hint: "value of the chosen contact" }] : [];
      const placeholder = type === "date" || rule.op === "before" || rule.op === "after" ? "2026-03-09" : "Value";
      return (
        <Picker
          {...common}
          placeholder={placeholder}
          value={textOf(value)}
          options={options}
          onChange={(v, how) => set(v || undefined, how)}
        />
      );
    }
  }
}
