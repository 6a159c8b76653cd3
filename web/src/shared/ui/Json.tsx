import { Code, ScrollArea } from "@mantine/core";

/** JSON as it is, indented, in a box that scrolls when it is long. */
export function Json({ value, label, height = 240 }: { value: unknown; label: string; height?: number }) {
  return (
    <ScrollArea.Autosize mah={height} viewportProps={{ tabIndex: 0, role: "group", "aria-label": label }}>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {JSON.stringify(value, null, 2) ?? "nothing"}
      </Code>
    </ScrollArea.Autosize>
  );
}
