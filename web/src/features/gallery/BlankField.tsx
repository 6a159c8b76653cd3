import { NumberInput, PasswordInput, Select, TextInput } from "@mantine/core";
import type { Blank } from "./queries";

type Props = { blank: Blank; value: unknown; error: string | undefined; onChange: (value: unknown) => void };

/** One blank of a template, with the control that its kind asks for. */
export function BlankField({ blank, value, error, onChange }: Props) {
  const common = {
    label: blank.label,
    description: blank.help,
    error,
    required: blank.required && blank.default == null,
  };
  const shown = value ?? blank.default ?? "";
  if (blank.options && blank.options.length > 0) {
    return <Select {...common} data={blank.options} value={String(shown)} allowDeselect={false} onChange={onChange} />;
  }
  if (blank.kind === "number") {
    return <NumberInput {...common} value={Number(shown)} min={blank.min} max={blank.max} onChange={onChange} />;
  }
  const text = { ...common, value: String(shown), placeholder: example[blank.kind] };
  if (blank.kind === "secret") {
    return <PasswordInput {...text} autoComplete="off" onChange={(e) => onChange(e.currentTarget.value)} />;
  }
  const type = blank.kind === "email" || blank.kind === "url" || blank.kind === "time" ? blank.kind : "text";
  return <TextInput {...text} type={type} onChange={(e) => onChange(e.currentTarget.value)} />;
}

const example: Partial<Record<Blank["kind"], string>> = {
  email: "ana@example.com",
  url: "https://example.com",
  duration: "2d",
  event: "purchase.completed",
  tag: "customer",
};
