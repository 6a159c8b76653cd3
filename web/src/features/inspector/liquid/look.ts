import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Colours that the theme changes between light and dark. */
export const colours: Extension = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.brace, tags.processingInstruction, tags.keyword], color: "var(--mantine-color-violet-text)" },
    { tag: [tags.variableName, tags.propertyName], color: "var(--mantine-color-teal-text)", fontWeight: "600" },
    { tag: [tags.tagName, tags.angleBracket, tags.attributeName], color: "var(--mantine-color-blue-text)" },
    { tag: [tags.string, tags.attributeValue, tags.number], color: "var(--mantine-color-orange-text)" },
    { tag: tags.comment, color: "var(--mantine-color-dimmed)" },
  ]),
);

/** Looks as the other inputs of the page do. */
export function look(lines: number): Extension {
  return EditorView.theme({
    "&": {
      border: "1px solid var(--input-bd, var(--mantine-color-default-border))",
      borderRadius: "var(--mantine-radius-default)",
      backgroundColor: "var(--mantine-color-body)",
      color: "var(--mantine-color-text)",
      fontSize: "var(--mantine-font-size-sm)",
    },
    "&.cm-focused": { outline: "2px solid var(--mantine-primary-color-filled)", outlineOffset: "-1px" },
    ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.55", maxHeight: "320px", overflow: "auto" },
    ".cm-content": { padding: "6px 0", minHeight: `${lines * 22 + 12}px`, caretColor: "var(--mantine-color-text)" },
    ".cm-line": { padding: "0 11px" },
    ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
    ".cm-placeholder": { color: "var(--mantine-color-placeholder)" },
    ".cm-gap": { textDecoration: "underline wavy var(--mantine-color-orange-text)", textUnderlineOffset: "3px" },
  });
}
