import { Group, List, Text } from "@mantine/core";
import { Check, X } from "lucide-react";
import { type Seen, seenWords } from "../values";

/** What conditions saw, one line each, with a sign for yes and no beside the word. */
export function SeenValues({ values }: { values: readonly Seen[] }) {
  if (values.length === 0) return null;
  return (
    <List size="sm" listStyleType="none" spacing={2} aria-label="Values seen">
      {values.map((v, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evaluations have an order and no identity
        <List.Item key={i}>
          <Group gap={6} wrap="nowrap" align="flex-start">
            {v.result ? <Check size={16} aria-hidden /> : <X size={16} aria-hidden />}
            <Text span size="sm" style={{ overflowWrap: "anywhere" }} title={v.field}>
              {seenWords(v)}
            </Text>
          </Group>
        </List.Item>
      ))}
    </List>
  );
}
