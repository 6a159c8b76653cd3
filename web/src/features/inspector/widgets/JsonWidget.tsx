import { Textarea } from "@mantine/core";
import { useState } from "react";
import { control, typing } from "../form/control";
import { FieldProblems } from "../form/FieldProblems";
import type { WidgetProps } from "../form/scope";

function shown(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

/** Any value, as JSON. What does not parse stays on the screen with the reason and is not taken over. */
export function JsonWidget(props: WidgetProps) {
  const { value, onChange, error } = props;
  const [text, setText] = useState(() => shown(value));
  const [wrong, setWrong] = useState<string | null>(null);
  const [taken, setTaken] = useState(() => JSON.stringify(value));
  if (JSON.stringify(value) !== taken) {
    setTaken(JSON.stringify(value));
    setText(shown(value));
    setWrong(null);
  }
  const type = (next: string) => {
    setText(next);
    try {
      const parsed: unknown = next.trim() === "" ? undefined : JSON.parse(next);
      setWrong(null);
      setTaken(JSON.stringify(parsed));
      onChange(parsed, typing);
    } catch (problem) {
      setWrong(problem instanceof Error ? problem.message : String(problem));
    }
  };
  const own = wrong && (
    <FieldProblems
      problems={[{ severity: "error", message: "This is not JSON yet, so it is not saved", hint: wrong }]}
    />
  );
  return (
    <Textarea
      {...control(props)}
      error={own || error}
      value={text}
      onChange={(e) => type(e.currentTarget.value)}
      autosize
      minRows={3}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
    />
  );
}
