import { Radio, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ActionDialog } from "./ActionDialog";
import type { DialogProps } from "./dialogs";
import { PeopleCounts } from "./PeopleCounts";
import { pause, type Workflow, workflowKey } from "./queries";

/** Holds everyone where they are, after saying whom. */
export function PauseDialog({ workflow, onClose, onDone }: DialogProps) {
  const [clocks, setClocks] = useState<"run" | "freeze">("run");
  const { data, error } = useQuery({
    queryKey: [...workflowKey(workflow.key), "pause"],
    queryFn: () => pause(workflow.key, "run", true),
    gcTime: 0,
  });
  const action = useMutation({
    mutationFn: () => pause(workflow.key, clocks, false),
    onSuccess: (changed: Workflow) => onDone(changed, "Paused. Everyone is held where they are."),
  });
  return (
    <ActionDialog
      opened
      onClose={onClose}
      title={`Pause “${workflow.name}”`}
      verb="Pause"
      pending={action.isPending}
      problem={action.error}
      onConfirm={() => action.mutate()}
    >
      <PeopleCounts people={data?.people} problem={error} />
      <Radio.Group
        label="Meanwhile, waits"
        value={clocks}
        onChange={(v) => setClocks(v === "freeze" ? "freeze" : "run")}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="run" label="Go on" description="What falls due during the pause is done when you resume." />
          <Radio value="freeze" label="Stand still" description="They last longer by as long as the pause." />
        </Stack>
      </Radio.Group>
    </ActionDialog>
  );
}
