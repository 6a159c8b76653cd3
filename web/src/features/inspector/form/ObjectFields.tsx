import { useRef, useState } from "react";
import { join, withKey } from "../model/pointer";
import { choicesOf, type FieldSpec, fieldsOf, type Schema } from "../model/schema";
import { takeWay, type Values, visibleKeys, wayTaken } from "../model/visible";
import { ChoiceSwitch } from "./ChoiceSwitch";
import { Field } from "./Field";
import { FieldSection } from "./FieldSection";
import type { How } from "./scope";

type Props = {
  schema: Schema;
  value: Values;
  pointer: string;
  onChange: (value: Values, how: How) => void;
  /** Keys that something else draws. */
  without?: readonly string[] | undefined;
};

/** Fields that stand together: those of a group that may all stay empty, or one alone. */
function sectionsOf(fields: FieldSpec[], members: ReadonlySet<string>): { group?: string; fields: FieldSpec[] }[] {
  const foldable = (group: string | undefined) =>
    group !== undefined && fields.every((f) => f.ui.group !== group || (!members.has(f.key) && !f.required));
  const sections: { group?: string; fields: FieldSpec[] }[] = [];
  for (const field of fields) {
    const group = foldable(field.ui.group) ? field.ui.group : undefined;
    const open = group ? sections.find((s) => s.group === group) : undefined;
    if (open) open.fields.push(field);
    else sections.push(group ? { group, fields: [field] } : { fields: [field] });
  }
  return sections;
}

/** The fields of an object, drawn from its schema alone. */
export function ObjectFields({ schema, value, pointer, onChange, without = [] }: Props) {
  const choices = choicesOf(schema);
  const [wished, setWished] = useState<Record<number, number>>({});
  const shelf = useRef<Values>({});
  const picked = choices.map((choice, i) => {
    const taken = wayTaken(choice, value);
    return taken >= 0 ? taken : (wished[i] ?? 0);
  });
  const visible = visibleKeys(schema, value, picked);
  const members = new Set(choices.flatMap((c) => c.ways.flat()));
  const all = fieldsOf(schema);
  const fields = all.filter((f) => !without.includes(f.key));
  const pick = (index: number, way: number) => {
    setWished((old) => ({ ...old, [index]: way }));
    const next = takeWay(schema, value, picked.with(index, way), shelf.current);
    shelf.current = next.shelf;
    onChange(next.values, { typing: false });
  };
  const draw = (f: FieldSpec) => {
    const first = choices.findIndex((c) => fields.find((x) => c.ways.some((w) => w.includes(x.key)))?.key === f.key);
    const choice = choices[first];
    const chosen = picked[first] ?? 0;
    return [
      choice && (
        <ChoiceSwitch
          key={`choice-${first}`}
          choice={choice}
          fields={all}
          way={chosen}
          hidden={choice.ways.flat().filter((key) => !visible.has(key))}
          pointer={pointer}
          onPick={(way) => pick(first, way)}
        />
      ),
      visible.has(f.key) && !(f.schema.const !== undefined && members.has(f.key)) && (
        <Field
          key={f.key}
          field={members.has(f.key) ? { ...f, required: true } : f}
          value={value[f.key]}
          pointer={join(pointer, f.key)}
          siblings={value}
          onChange={(v, how = { typing: false }) => onChange(withKey(value, f.key, v), how)}
          onSiblings={(v, how = { typing: false }) => onChange(v, how)}
        />
      ),
    ];
  };
  return sectionsOf(fields, members).map((s) =>
    s.group ? (
      <FieldSection key={s.group} title={s.group} open={s.fields.some((f) => value[f.key] !== undefined)}>
        {s.fields.map(draw)}
      </FieldSection>
    ) : (
      s.fields.map(draw)
    ),
  );
}
