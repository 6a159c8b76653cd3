import { Radio, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ActionDialog } from "./ActionDialog";
import type { DialogProps } from "./dialogs";
import { PeopleCounts } from "./PeopleCounts";
import { type Resumption, resume, type Workflow, workflowKey } from "./queries";

type Overdue = NonNullable<Resumption["overdue"]>;

const choices: [value: Overdue, label: string, description: string][] = [
  ["run", "Now", "Every step that fell due is done at once."],
  ["spread", "Spread over a stretch", "The same steps, evenly over some time."],
  ["skip", "Skip what was missed", "The waits end, and the actions up to the next wait are left out."],
  ["shift", "Shift everything", "Each wait lasts longer by the pause."],
];

/** Lets everyone go on, after asking what becomes of what fell due. */
export function ResumeDialog({ workflow, onClose, onDone }: DialogProps) {
  const [overdue, setOverdue] = useState<Overdue>("run");
  const [over, setOver] = useState("2h");
  const { data, error } = useQuery({
    queryKey: [...workflowKey(workflow.key), "resume"],
    queryFn: () => resume(workflow.key, { overdue: "run" }, true),
    gcTime: 0,
  });
  const action = useMutation({
    mutationFn: () => resume(workflow.key, overdue === "spread" ? { overdue, over } : { overdue }, false),
    onSuccess: (changed: Workflow) => onDone(changed, "Resumed. Everyone goes on."),
  });
  return (
    <ActionDialog
      opened
      onClose={onClose}
      title={`Resume “${workflow.name}”`}
      verb="Resume"
      pending={action.isPending}
      problem={action.error}
      onConfirm={() => action.mutate()}
    >
      <PeopleCounts people={data?.people} problem={error} />
      <Radio.Group
        label="Steps that fell due during the pause"
        value={overdue}
        onChange={(v) => setOverdue(choices.find(([value]) => value === v)?.[0] ?? "run")}
      >
        <Stack gap="xs" mt="xs">
          {choices.map(([value, label, description]) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      {overdue === "spread" && (
        <TextInput
          label="Over"
          value={over}
          onChange={(e) => setOver(e.currentTarget.value)}
          description="Like 90m, 2h or 1d"
        />
      )}
    </ActionDialog>
  );
}
