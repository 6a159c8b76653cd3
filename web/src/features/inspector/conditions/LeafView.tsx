import { Button, Group, Select, Stack } from "@mantine/core";
import { FieldProblems } from "../form/FieldProblems";
import { type How, useForm } from "../form/scope";
import { problemsAt } from "../model/pointer";
import classes from "./conditions.module.css";
import { FactRule } from "./FactRule";
import { FieldRule } from "./FieldRule";
import { RuleTools } from "./RuleTools";
import type { RuleProps } from "./RuleView";
import { kinds, type LeafKind, newRule, type View } from "./rules";
import { useCondition } from "./scope";

type LeafOf = Extract<View, { kind: "leaf" }>;
type Props = RuleProps & { view: LeafOf; onView: (view: LeafOf, how?: How) => void };

/** One rule in words: what is asked about, how, and for which value. */
export function LeafView({ view, name, onView, onRemove, onMove }: Props) {
  const { readOnly } = useCondition();
  const { problems, shows, touch } = useForm();
  const said = problemsAt(problems, view.pointer, view.leaf !== "did").filter((p) => shows(p.path));
  const setRule = (rule: LeafOf["rule"], how?: How) => onView({ ...view, rule }, how);
  const setKind = (leaf: string | null) => {
    if (leaf && leaf !== view.leaf) onView({ ...view, leaf: leaf as LeafKind, rule: newRule(leaf as LeafKind) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a box with tools
    <div className={classes.rule} role="group" aria-label={name} onBlur={() => touch(view.pointer)}>
      <Stack gap={6}>
        <Group gap={4} wrap="nowrap" justify="space-between">
          <Button
            size="compact-xs"
            variant={view.negated ? "filled" : "default"}
            aria-pressed={view.negated}
            aria-label={`not: turn ${name} round`}
            disabled={readOnly}
            onClick={() => onView({ ...view, negated: !view.negated })}
          >
            not
          </Button>
          <Select
            aria-label={`What ${name} asks about`}
            size="xs"
            data={kinds.map(([value, label]) => ({ value, label }))}
            value={view.leaf}
            allowDeselect={false}
            disabled={readOnly}
            onChange={setKind}
            style={{ flex: 1 }}
          />
          {!readOnly && <RuleTools name={name} onRemove={onRemove} onMove={onMove} />}
        </Group>
        {view.leaf === "field" ? (
          <FieldRule rule={view.rule} name={name} onChange={setRule} />
        ) : (
          <FactRule leaf={view.leaf} rule={view.rule} name={name} pointer={view.pointer} onChange={setRule} />
        )}
        <FieldProblems problems={said} />
      </Stack>
    </div>
  );
}
