import type { WidgetProps } from "./scope";

/** What every Mantine input takes from a field. */
export function control({ label, help, error, placeholder, required, readOnly }: WidgetProps) {
  return {
    label,
    description: help,
    error,
    placeholder,
    withAsterisk: required,
    "aria-required": required || undefined,
    disabled: readOnly,
    errorProps: { component: "div" as const },
  };
}

/** A string as it stands, and other values as JSON; absent is empty. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

export const typing = { typing: true };
