import { ActionIcon, Tooltip } from "@mantine/core";
import { Search } from "lucide-react";
import { useBuilder } from "../page/context";

/** Opens the search for a step. */
export function FindButton() {
  const { ask } = useBuilder();
  return (
    <Tooltip label="Find a step (/)">
      <ActionIcon h={28} w={28} variant="default" aria-label="Find a step" onClick={() => ask({ kind: "find" })}>
        <Search size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
