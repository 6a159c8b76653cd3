import { Text, Tooltip, VisuallyHidden } from "@mantine/core";
import type { Shown } from "../format";

/** A figure. What is no number says why: to who points at it, and to who has it read out. */
export function Value({ of: { text, why } }: { of: Shown }) {
  if (!why) return <span>{text}</span>;
  return (
    <Tooltip label={why} withArrow multiline maw={280}>
      {/* What is hidden in it stays within what scrolls. */}
      <Text span inherit pos="relative">
        {text}
        <VisuallyHidden> ({why})</VisuallyHidden>
      </Text>
    </Tooltip>
  );
}
