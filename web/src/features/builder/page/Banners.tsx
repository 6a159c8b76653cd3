import { Alert, Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import { start, workflowKey } from "../queries";
import { useBuilder } from "./context";

/** Why nothing can be changed, with the way out. */
export function Banners() {
  const { readOnly } = useBuilder();
  if (readOnly === null) return null;
  return (
    <Alert color="blue" variant="light" radius={0} p="xs" icon={<Eye size={18} aria-hidden />} role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{readOnly} Nothing can be changed here.</Text>
        <WayOut />
      </Group>
    </Alert>
  );
}

function WayOut() {
  const { search, workflow, go, ask } = useBuilder();
  const { may } = useSession();
  if (search.version !== undefined) {
    const version = search.version;
    return (
      <Group gap="xs">
        {may("publisher") && workflow.status !== "archived" && version !== workflow.version && (
          <Button size="compact-sm" variant="light" onClick={() => ask({ kind: "rollback", version })}>
            Publish this version again …
          </Button>
        )}
        <Button size="compact-sm" onClick={() => go({ version: undefined })}>
          Back to the draft
        </Button>
      </Group>
    );
  }
  return workflow.status === "archived" && may("publisher") ? <StartAgain /> : null;
}

function StartAgain() {
  const { workflow } = useBuilder();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => start(workflow.key),
    onSuccess: (changed) => client.setQueryData(workflowKey(workflow.key), changed),
    onError: notifyProblem,
  });
  return (
    <Button size="compact-sm" loading={action.isPending} onClick={() => action.mutate()}>
      Start it again
    </Button>
  );
}
