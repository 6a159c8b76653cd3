import { Box, Group, Text } from "@mantine/core";
import { useRef } from "react";
import { api, call, type Schemas } from "@/api";
import { Labelled } from "../form/Labelled";
import { useForm, type WidgetProps } from "../form/scope";
import { PreviewFor } from "../previews/PreviewFor";
import { usePreview } from "../previews/usePreview";
import { usePreviewContact } from "../previews/usePreviewContact";
import type { EditorHandle, EditorProps } from "./editorProps";
import { InsertField } from "./InsertField";
import { TextEditor } from "./TextEditor";

type Body = Schemas["TextPreviewRequest"];

/** The server's rendering of a text with Liquid for the chosen contact, and the fields that have no value. */
function useRendered(text: string, language: EditorProps["language"]) {
  const { context } = useForm();
  const contact = usePreviewContact().id;
  const body: Body | null = /\{[{%]/.test(text) ? { text, kind: language, contact, workflow: context.workflow } : null;
  const { data, error } = usePreview("text", body, (b, signal) =>
    call(api.POST("/v1/preview/text", { body: b, signal })),
  );
  const problems = data?.problems ?? [];
  const gaps = problems.flatMap((p) => p.message.match(/^[a-z_]+(\.[\w$[\]]+)+/)?.[0] ?? []);
  return { rendered: data && !error ? data.text : null, problems, gaps };
}

type Props = Pick<WidgetProps, "label" | "help" | "required" | "error" | "placeholder" | "readOnly"> & {
  text: string;
  lines: number;
  language?: EditorProps["language"];
  /** Shows what the server makes of it; off where a larger preview shows the same. */
  preview?: boolean;
  onText: (text: string) => void;
};

/** A text with merge fields: the editor, a picker of fields, and what it says for the chosen contact. */
export function LiquidInput({ text, lines, language = "text", preview = true, onText, ...field }: Props) {
  const handle = useRef<EditorHandle>(null);
  const { rendered, problems, gaps } = useRendered(text, language);
  const { label, placeholder, readOnly, required } = field;
  return (
    <Box>
      <Labelled {...field}>
        {(wired) => (
          <TextEditor
            handle={handle}
            id={wired.id}
            label={label}
            describedBy={wired["aria-describedby"]}
            invalid={wired["aria-invalid"]}
            required={required}
            lines={lines}
            language={language}
            placeholder={placeholder}
            value={text}
            gaps={gaps}
            readOnly={readOnly}
            onChange={onText}
          />
        )}
      </Labelled>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs" mt={2}>
        <Box style={{ minWidth: 0 }}>
          {preview && rendered !== null && rendered !== text && (
            <Text size="xs" component="div" c="dimmed" lineClamp={3}>
              For <PreviewFor />: {rendered || "nothing"}
            </Text>
          )}
          {problems.map((p) => (
            <Text key={p.message} size="xs" c="dimmed">
              Warning: {p.message}
            </Text>
          ))}
        </Box>
        {!readOnly && (
          <Box style={{ flexShrink: 0 }}>
            <InsertField label={label} disabled={readOnly} onInsert={(t) => handle.current?.insert(t)} />
          </Box>
        )}
      </Group>
    </Box>
  );
}
