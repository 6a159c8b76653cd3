import { Group, Stack, Text } from "@mantine/core";
import { textOf } from "../form/control";
import { FormProvider } from "../form/FormProvider";
import { FieldGroup } from "../form/Group";
import type { FormContext, How, WidgetProps } from "../form/scope";
import type { Problem } from "../model/pointer";
import { ConditionPreview } from "./ConditionPreview";
import { AddButton } from "./GroupView";
import { RuleView } from "./RuleView";
import { newRule, viewOf, withRule } from "./rules";
import { ConditionContext } from "./scope";
import { usePaths } from "./usePaths";

type BodyProps = {
  value: unknown;
  pointer: string;
  filter: boolean;
  readOnly: boolean;
  event?: string | undefined;
  onChange: (value: unknown, how?: How) => void;
};

function ConditionBody({ value, pointer, filter, readOnly, event, onChange }: BodyProps) {
  const { paths } = usePaths({ event, filter });
  const isGroup = value !== undefined && viewOf(value, pointer).kind === "group";
  return (
    <ConditionContext value={{ paths, filter, readOnly }}>
      <Stack gap="xs">
        {value === undefined ? (
          <Text size="xs" c="dimmed">
            No condition.
          </Text>
        ) : (
          <RuleView
            value={value}
            pointer={pointer}
            name={isGroup ? "the condition" : "rule 1"}
            onChange={onChange}
            onRemove={() => onChange(undefined)}
          />
        )}
        {!readOnly && !isGroup && (
          <Group gap={4}>
            <AddButton onClick={() => onChange(withRule(value, newRule("field")))}>
              {value === undefined ? "Add a rule" : "Add another rule"}
            </AddButton>
          </Group>
        )}
        <ConditionPreview condition={value} />
      </Stack>
    </ConditionContext>
  );
}

/** The condition of a field; a filter cannot ask for event or trigger. */
export function ConditionWidget(props: WidgetProps) {
  const { value, pointer, label, help, error, required, readOnly, siblings, ui, onChange } = props;
  return (
    <FieldGroup label={label} help={help} error={error} required={required} bare>
      <ConditionBody
        value={value}
        pointer={pointer}
        filter={ui.widget === "filter"}
        readOnly={readOnly}
        event={textOf(siblings.event) || undefined}
        onChange={onChange}
      />
    </FieldGroup>
  );
}

type EditorProps = {
  label: string;
  value: unknown;
  onChange: (value: unknown, how: How) => void;
  /** Forbids event and trigger: segments, bulk calls, search. */
  filter?: boolean;
  readOnly?: boolean;
  context?: FormContext;
  problems?: readonly Problem[];
  /** JSON pointer under which the problems name the condition. */
  pointer?: string;
};

/** A condition on its own, outside of any form. */
export function ConditionEditor({ label, value, onChange, filter = false, readOnly = false, ...rest }: EditorProps) {
  const { context = {}, problems = [], pointer = "" } = rest;
  return (
    <FormProvider context={context} problems={problems} readOnly={readOnly}>
      <FieldGroup label={label} bare>
        <ConditionBody
          value={value}
          pointer={pointer}
          filter={filter}
          readOnly={readOnly}
          onChange={(next, how = { typing: false }) => onChange(next, how)}
        />
      </FieldGroup>
    </FormProvider>
  );
}
