import { Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ActionDialog } from "./ActionDialog";
import type { DialogProps } from "./dialogs";
import { type Inside, InsideChoice } from "./InsideChoice";
import { stop, type Workflow } from "./queries";

/** Takes no new entries, after asking what becomes of those inside. */
export function StopDialog({ workflow, onClose, onDone }: DialogProps) {
  const [inside, setInside] = useState<Inside>("finish");
  const action = useMutation({
    mutationFn: () => stop(workflow.key, inside),
    onSuccess: (changed: Workflow) => onDone(changed, "Stopped. Nobody new enters."),
  });
  return (
    <ActionDialog
      opened
      onClose={onClose}
      title={`Stop “${workflow.name}”`}
      verb="Stop"
      danger={inside === "exit" && workflow.active > 0}
      pending={action.isPending}
      problem={action.error}
      onConfirm={() => action.mutate()}
    >
      <Text size="sm">Triggers enroll nobody from now on. You can start it again at any time.</Text>
      <InsideChoice active={workflow.active} value={inside} onChange={setInside} />
    </ActionDialog>
  );
}
