import type { Ref } from "react";

export type EditorHandle = {
  /** Puts a text at the cursor and returns there. */
  insert: (text: string) => void;
};

export type EditorProps = {
  id?: string | undefined;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  required?: boolean | undefined;
  /** Lines that it shows at least; one keeps it to a single line. */
  lines: number;
  language: "text" | "html";
  placeholder?: string | undefined;
  value: string;
  /** Fields that have no value, to be underlined: contact.first_name. */
  gaps: readonly string[];
  readOnly: boolean;
  onChange: (text: string) => void;
};

export type HandleProps = { handle?: Ref<EditorHandle> | undefined };
