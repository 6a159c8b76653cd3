import { Button, Group, Select, Stack } from "@mantine/core";
import { Plus } from "lucide-react";
import { FieldProblems } from "../form/FieldProblems";
import { type How, useForm } from "../form/scope";
import { join, problemsAt } from "../model/pointer";
import classes from "./conditions.module.css";
import { RuleTools } from "./RuleTools";
import { type RuleProps, RuleView } from "./RuleView";
import { newRule, type View } from "./rules";
import { useCondition } from "./scope";

type GroupOf = Extract<View, { kind: "group" }>;
type Props = RuleProps & { view: GroupOf; onView: (view: GroupOf, how?: How) => void };

const modes = [
  { value: "all", label: "All of these are true", mode: "all", negated: false },
  { value: "any", label: "Any of these is true", mode: "any", negated: false },
  { value: "none", label: "None of these is true", mode: "any", negated: true },
  { value: "notall", label: "Not all of these are true", mode: "all", negated: true },
] as const;

/** Several rules, joined by all, any, none or not all. */
export function GroupView({ view, name, onView, onChange, onRemove, onMove }: Props) {
  const { readOnly } = useCondition();
  const { problems, shows } = useForm();
  const { rules, pointer } = view;
  const mode = modes.find((m) => m.mode === view.mode && m.negated === view.negated);
  const set = (next: unknown[], how?: How) => {
    if (next.length === 0 && onRemove) onRemove();
    else if (next.length === 0) onChange(undefined, how);
    else onView({ ...view, rules: next }, how);
  };
  const move = (i: number, by: 1 | -1) => {
    const j = i + by;
    if (j >= 0 && j < rules.length) set(rules.with(i, rules[j]).with(j, rules[i]));
  };
  const add = (rule: unknown) => set([...rules, rule]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a box with tools
    <div className={classes.group} role="group" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" gap={4} mb="xs">
        <Select
          aria-label={`How the rules of ${name} are joined`}
          size="xs"
          data={modes.map(({ value, label }) => ({ value, label }))}
          value={mode?.value ?? "all"}
          allowDeselect={false}
          disabled={readOnly}
          onChange={(value) => {
            const next = modes.find((m) => m.value === value);
            if (next) onView({ ...view, mode: next.mode, negated: next.negated });
          }}
          style={{ flex: 1 }}
        />
        {!readOnly && <RuleTools name={name} onRemove={onRemove} onMove={onMove} />}
      </Group>
      <Stack gap="xs">
        {rules.map((rule, i) => (
          <RuleView
            // biome-ignore lint/suspicious/noArrayIndexKey: rules of a document have no identity but their place
            key={i}
            value={rule}
            pointer={join(pointer, i)}
            name={`rule ${i + 1}`}
            onChange={(v, how) => set(v === undefined ? rules.toSpliced(i, 1) : rules.with(i, v), how)}
            onRemove={() => set(rules.toSpliced(i, 1))}
            onMove={rules.length > 1 ? (by) => move(i, by) : undefined}
          />
        ))}
        <FieldProblems problems={problemsAt(problems, pointer, false).filter((p) => shows(p.path))} />
        {!readOnly && (
          <Group gap={4}>
            <AddButton onClick={() => add(newRule("field"))}>Add a rule</AddButton>
            <AddButton onClick={() => add({ any: [newRule("field")] })}>Add a group</AddButton>
          </Group>
        )}
      </Stack>
    </div>
  );
}

export function AddButton({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <Button variant="subtle" size="compact-xs" leftSection={<Plus size={12} aria-hidden />} onClick={onClick}>
      {children}
    </Button>
  );
}
