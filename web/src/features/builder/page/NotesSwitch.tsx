import { Button } from "@mantine/core";
import { StickyNote } from "lucide-react";
import { nodesOf } from "@/graph";
import { useBuilder, useDefinition } from "./context";

/** Shows the notes of steps, and hides them; without a note there is nothing to show. */
export function NotesSwitch() {
  const { search, go } = useBuilder();
  const definition = useDefinition();
  if (!Object.values(nodesOf(definition)).some((node) => node.note)) return null;
  const on = search.notes !== "off";
  return (
    <Button
      size="compact-sm"
      variant={on ? "light" : "default"}
      aria-pressed={on}
      leftSection={<StickyNote size={16} aria-hidden />}
      onClick={() => go({ notes: on ? "off" : undefined })}
    >
      Notes
    </Button>
  );
}
