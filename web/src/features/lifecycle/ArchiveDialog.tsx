import { Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ActionDialog } from "./ActionDialog";
import type { DialogProps } from "./dialogs";
import { type Inside, InsideChoice } from "./InsideChoice";
import { archive, readWorkflow, type Workflow } from "./queries";

/** Puts a workflow away, after asking what becomes of those inside. */
export function ArchiveDialog({ workflow, onClose, onDone }: DialogProps) {
  const [inside, setInside] = useState<Inside>("finish");
  const action = useMutation({
    mutationFn: async (): Promise<Workflow> => {
      await archive(workflow.key, inside);
      return readWorkflow(workflow.key);
    },
    onSuccess: (changed) => onDone(changed, "Archived. Start it to use it again."),
  });
  return (
    <ActionDialog
      opened
      onClose={onClose}
      title={`Archive “${workflow.name}”`}
      verb="Archive"
      danger
      pending={action.isPending}
      problem={action.error}
      onConfirm={() => action.mutate()}
    >
      <Text size="sm">It takes no new entries and cannot be edited. Versions, enrollments and figures stay.</Text>
      <InsideChoice active={workflow.active} value={inside} onChange={setInside} />
    </ActionDialog>
  );
}
