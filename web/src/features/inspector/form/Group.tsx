import { Box, Input, Text } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./form.module.css";

type Props = {
  label: string;
  help?: string | undefined;
  error?: ReactNode;
  required?: boolean;
  /** Without a frame around it. */
  bare?: boolean;
  actions?: ReactNode;
  children: ReactNode;
};

/** Several controls that are one field: named and described as a whole. */
export function FieldGroup({ label, help, error, required, bare, actions, children }: Props) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out beside actions
    <div role="group" aria-labelledby={`${id}-label`} aria-describedby={described || undefined}>
      <Box style={{ display: "flex", justifyContent: "space-between", alignItems: "center", gap: 8 }}>
        <Input.Label component="div" id={`${id}-label`} labelElement="div" required={required}>
          {label}
        </Input.Label>
        {actions}
      </Box>
      {help && (
        <Text id={`${id}-help`} size="xs" c="dimmed" mb={4}>
          {help}
        </Text>
      )}
      <div className={bare ? classes.bare : classes.group}>{children}</div>
      {error && <div id={`${id}-error`}>{error}</div>}
    </div>
  );
}
