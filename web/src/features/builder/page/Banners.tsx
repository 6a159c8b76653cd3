import { Alert, Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CirclePause, Eye } from "lucide-react";
import { useSession } from "@/api";
import { byBreaker, PauseFacts } from "@/features/lifecycle";
import { GuardedButton, notifyProblem } from "@/shared";
import { start, workflowKey } from "../queries";
import { useBuilder } from "./context";

/** What holds for the workflow as a whole: that it stands still, and why nothing can be changed. */
export function Banners() {
  return (
    <>
      <PausedBanner />
      <ReadOnlyBanner />
    </>
  );
}

/** Why it stands still, with the way to let everyone go on. */
function PausedBanner() {
  const { workflow, ask } = useBuilder();
  const { lacks } = useSession();
  if (workflow.status !== "paused" || !workflow.paused) return null;
  return (
    <Alert color="yellow" variant="light" radius={0} p="xs" icon={<CirclePause size={18} aria-hidden />} role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex="1 1 16rem">
          {byBreaker(workflow.paused) ? "Paused by its circuit breaker. " : "Paused. "}
          <PauseFacts pause={workflow.paused} />
        </Text>
        <Group gap="xs">
          {byBreaker(workflow.paused) && (
            <Button
              size="compact-sm"
              variant="default"
              renderRoot={(props) => <Link to="/failures" search={{ workflow: workflow.key }} {...props} />}
            >
              Its failures
            </Button>
          )}
          <GuardedButton
            size="compact-sm"
            reason={lacks("publisher")}
            onClick={() => ask({ kind: "lifecycle", what: "resume" })}
          >
            Resume …
          </GuardedButton>
        </Group>
      </Group>
    </Alert>
  );
}

/** Why nothing can be changed, with the way out. */
function ReadOnlyBanner() {
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
