import { Select } from "@mantine/core";
import { shortValue } from "@/shared";
import { textOf } from "../form/control";
import type { How } from "../form/scope";
import { Picker } from "../pickers/Picker";
import classes from "./conditions.module.css";
import { operatorsFor, type Rule, valueKind, withOperator } from "./rules";
import { useCondition } from "./scope";
import type { KnownPath } from "./usePaths";
import { ValueControl } from "./ValueControl";

type Props = { rule: Rule; name: string; onChange: (rule: Rule, how?: How) => void };

export function pathOption(p: KnownPath) {
  const sample = p.sample === null || p.sample === undefined ? "" : ` · ${shortValue(p.sample, 30)}`;
  return { value: p.path, label: p.label, hint: `${p.path}${sample}` };
}

/** Compares one field: path, operator by its type, value by its type. */
export function FieldRule({ rule, name, onChange }: Props) {
  const { paths, readOnly } = useCondition();
  const field = textOf(rule.field);
  const op = textOf(rule.op);
  const type = paths.find((p) => p.path === field)?.type;
  const setField = (next: string, how: How) => {
    const nextType = paths.find((p) => p.path === next)?.type;
    const fits = operatorsFor(nextType, "").some((o) => o.value === op);
    const changed = { ...rule, field: next };
    if (how.typing || fits) return onChange(changed, how);
    onChange(withOperator(changed, operatorsFor(nextType, "")[0]?.value ?? "eq", nextType), how);
  };
  return (
    <div className={classes.row}>
      <Picker
        aria-label={`Field of ${name}`}
        size="xs"
        placeholder="contact.plan"
        value={field}
        options={paths.map(pathOption)}
        disabled={readOnly}
        onChange={setField}
      />
      <Select
        aria-label={`Operator of ${name}`}
        size="xs"
        data={operatorsFor(type, op)}
        value={op || null}
        allowDeselect={false}
        disabled={readOnly}
        onChange={(next) => next && onChange(withOperator(rule, next, type))}
      />
      {valueKind(op, type) !== "none" && <ValueControl rule={rule} type={type} name={name} onChange={onChange} />}
    </div>
  );
}
