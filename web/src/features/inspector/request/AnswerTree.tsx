import { Box, Code, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";
import { shortValue } from "@/shared";
import { answerPath } from "./body";
import classes from "./request.module.css";

type Keys = readonly (string | number)[];
type Leaf = { keys: Keys; value: unknown };

const most = 200;

/** The single values of an answer, with the way to each. */
export function leavesOf(value: unknown, keys: Keys = []): Leaf[] {
  if (typeof value !== "object" || value === null) return [{ keys, value }];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((v, i) => [i, v])
    : Object.entries(value);
  return entries.flatMap(([key, v]) => leavesOf(v, [...keys, key]));
}

/** An answer value by value; a click copies the path by which later steps read it. */
export function AnswerTree({ value, name }: { value: unknown; name: string }) {
  const clipboard = useClipboard({ timeout: 2000 });
  const leaves = leavesOf(value).slice(0, most);
  const kept = name || "answer";
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {name
          ? "A click copies the path of a value, for conditions and merge fields of later steps."
          : "Fill “Keep the answer as” first, so that later steps can read these values."}
      </Text>
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, role: "group", "aria-label": "The answer" }}>
        {leaves.map((leaf) => {
          const path = answerPath(kept, leaf.keys);
          return (
            <UnstyledButton
              key={path}
              className={classes.leaf}
              disabled={!name}
              aria-label={`Copy ${path} ${shortValue(leaf.value, 60)}`}
              onClick={() => clipboard.copy(path)}
            >
              <Code>{path}</Code>
              <Text span size="xs">
                {shortValue(leaf.value, 60)}
              </Text>
              {name && <Copy size={12} aria-hidden />}
            </UnstyledButton>
          );
        })}
      </ScrollArea.Autosize>
      <Text size="xs" aria-live="polite">
        {clipboard.copied && (
          <>
            <Check size={12} aria-hidden /> Copied
          </>
        )}
      </Text>
    </Box>
  );
}
