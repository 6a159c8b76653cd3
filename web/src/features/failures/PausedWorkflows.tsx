import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PauseCircle } from "lucide-react";
import { useState } from "react";
import { type Schemas, useSession } from "@/api";
import { pausedWorkflowsQuery } from "@/features/enrollments";
import { byBreaker, LifecycleDialog, PauseFacts } from "@/features/lifecycle";
import { GuardedButton } from "@/shared";

type Workflow = Schemas["Workflow"];

/** Workflows that stand still, those that their circuit breaker has paused first, each with the way to go on. */
export function PausedWorkflows({ workflow }: { workflow: string | undefined }) {
  const { data = [] } = useQuery(pausedWorkflowsQuery);
  const shown = data.filter((w) => workflow === undefined || w.key === workflow);
  if (shown.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label="Paused workflows">
      {[...shown]
        .sort((a, b) => Number(byBreaker(b.paused)) - Number(byBreaker(a.paused)))
        .map((w) => (
          <PausedWorkflow key={w.key} workflow={w} />
        ))}
    </Stack>
  );
}

function PausedWorkflow({ workflow: w }: { workflow: Workflow }) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const done = (_: Workflow, message: string) => {
    notifications.show({ message });
    setAsked(false);
    void client.invalidateQueries({ queryKey: ["workflows"] });
    void client.invalidateQueries({ queryKey: ["workflow", w.key] });
  };
  const breaker = byBreaker(w.paused);
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<PauseCircle size={18} aria-hidden />}
      title={`${w.name || w.key} is paused${breaker ? " by its circuit breaker" : ""}`}
    >
      <Stack gap="xs">
        <Text size="sm">
          {w.paused && <PauseFacts pause={w.paused} />} {w.active.toLocaleString("en")} inside are held where they are;
          nobody is dropped. {breaker ? "Mend the cause and retry, then resume it." : "Resume it to let them go on."}
        </Text>
        <Group gap="sm">
          <GuardedButton size="xs" reason={lacks("publisher")} onClick={() => setAsked(true)}>
            Resume …
          </GuardedButton>
          <Button component={Link} to={`/failures?workflow=${w.key}`} size="xs" variant="default">
            Its failures
          </Button>
          <Anchor component={Link} to={`/workflows/${w.key}`} size="sm">
            To the workflow
          </Anchor>
        </Group>
      </Stack>
      {asked && <LifecycleDialog what="resume" workflow={w} onClose={() => setAsked(false)} onDone={done} />}
    </Alert>
  );
}
