import { Button, Group, PasswordInput, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ConditionEditor } from "@/features/inspector";
import { ProblemAlert } from "@/shared";
import type { Problem } from "../queries";
import { type Asked, askedBy, carryOut, fixWords } from "./fix";

type Props = { fix: NonNullable<Problem["fix"]>; onFixed: () => Promise<void> | void; onCancel: () => void };

const controls = { line: TextInput, text: Textarea, secret: PasswordInput };

/** Asks, where the problem stands, what a repair needs of a person. It stands in forms too, and is none itself. */
export function FixForm({ fix, onFixed, onCancel }: Props) {
  const fields = askedBy(fix);
  const [given, setGiven] = useState<Record<string, unknown>>({});
  const action = useMutation({ mutationFn: () => carryOut(fix, given), onSuccess: onFixed });
  const complete = fields.every(({ name }) => (typeof given[name] === "string" ? given[name].trim() : given[name]));
  return (
    <Stack gap="xs" mt={4} role="group" aria-label={fixWords(fix) ?? undefined}>
      {fields.map((field, i) => (
        <Field
          key={field.name}
          of={field}
          first={i === 0}
          value={given[field.name]}
          onChange={(value) => setGiven((now) => ({ ...now, [field.name]: value }))}
        />
      ))}
      <ProblemAlert problem={action.error} />
      <Group gap="xs">
        <Button size="compact-sm" loading={action.isPending} disabled={!complete} onClick={() => action.mutate()}>
          Create
        </Button>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}

type FieldProps = { of: Asked; first: boolean; value: unknown; onChange: (value: unknown) => void };

function Field({ of: { label, kind }, first, value, onChange }: FieldProps) {
  if (kind === "condition")
    return (
      <div ref={first ? focusButton : undefined}>
        <ConditionEditor label={label} value={value} onChange={onChange} filter />
      </div>
    );
  const Control = controls[kind];
  return (
    <Control
      size="xs"
      label={label}
      value={typeof value === "string" ? value : ""}
      autoComplete="off"
      ref={first ? focusNow : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

// The button that had the focus is gone once the first field is there.
const focusNow = (element: HTMLElement | null) => element?.focus();
const focusButton = (element: HTMLElement | null) => element?.querySelector("button")?.focus();
