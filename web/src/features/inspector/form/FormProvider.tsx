import { Stack } from "@mantine/core";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { isBelow, type Problem } from "../model/pointer";
import { registry } from "../widgets/registry";
import { afterPress } from "./press";
import { type FormContext, type FormScope, ScopeContext } from "./scope";

type Props = {
  context: FormContext;
  problems: readonly Problem[];
  readOnly?: boolean | undefined;
  /** Shows the problems of a field only after the field was left. */
  quiet?: boolean | undefined;
  children: ReactNode;
};

/** What all fields of one form share. Give it the key of what is edited, so that it starts anew with another. */
export function FormProvider({ context, problems, readOnly, quiet, children }: Props) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const touch = useCallback((pointer: string) => {
    afterPress(() => setTouched((old) => (old.has(pointer) ? old : new Set([...old, pointer]))));
  }, []);
  const fixed = Boolean(readOnly || context.readOnly);
  const scope = useMemo<FormScope>(() => {
    const shows = (pointer: string) => !quiet || [...touched].some((t) => isBelow(pointer, t) || isBelow(t, pointer));
    return { context, problems, readOnly: fixed, shows, touch, widgets: registry };
  }, [context, problems, fixed, quiet, touched, touch]);
  return (
    <ScopeContext.Provider value={scope}>
      <Stack gap="md">{children}</Stack>
    </ScopeContext.Provider>
  );
}
