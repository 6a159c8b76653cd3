import { TextInput, Title, UnstyledButton } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useRef, useState } from "react";
import classes from "./NameField.module.css";

type Props = { name: string; readOnly: boolean; onRename: (name: string) => void };

/** The workflow's name, which becomes a field where it stands. */
export function NameField({ name, readOnly, onRename }: Props) {
  const [value, setValue] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const finish = (keep: boolean) => {
    const next = value?.trim() ?? "";
    if (keep && next !== "" && next !== name) onRename(next);
    setValue(null);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (readOnly || value === null) {
    return (
      <Title order={1} size="h4" className={classes.title}>
        {readOnly ? (
          name
        ) : (
          <UnstyledButton ref={button} className={classes.name} onClick={() => setValue(name)} title="Rename">
            <span className={classes.words}>{name}</span>
            <Pencil size={14} aria-label="Rename" />
          </UnstyledButton>
        )}
      </Title>
    );
  }
  return (
    <TextInput
      aria-label="Name of the workflow"
      value={value}
      autoFocus
      maxLength={200}
      size="sm"
      className={classes.field}
      onFocus={(e) => e.currentTarget.select()}
      onChange={(e) => setValue(e.currentTarget.value)}
      onBlur={() => value !== null && finish(true)}
      onKeyDown={(e) => {
        if (e.key === "Enter") finish(true);
        if (e.key === "Escape") finish(false);
      }}
    />
  );
}
