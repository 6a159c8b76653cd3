import { Alert, Anchor, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { HeartPulse } from "lucide-react";
import { Fold, Json, ProblemAlert } from "@/shared";
import { healthQuery } from "./queries";

const words = {
  ok: ["teal", "Everything runs", "Nothing is late, lost or stuck."],
  degraded: ["yellow", "Something needs a look", "What was accepted is kept; steps may be late."],
  down: ["red", "The engine is down", "Events are still accepted and kept; steps go on when it is back."],
} as const;

/** How the engine is: the answer of GET /v1/health/engine, looked at every five seconds. */
export function EngineHealth() {
  const { data, error, refetch } = useQuery(healthQuery());
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={200} />;
  const [color, title, text] = words[data.status];
  return (
    <Stack maw={760}>
      <Alert color={color} icon={<HeartPulse aria-hidden />} title={title}>
        {text}
      </Alert>
      <Fold label="In figures" open={data.status !== "ok"}>
        <Json value={data} label="How the engine is" />
      </Fold>
      <Text size="sm" c="dimmed">
        For monitoring: the same is at{" "}
        <Anchor href="/v1/health/engine" underline="always">
          /v1/health/engine
        </Anchor>
        ; metrics are at{" "}
        <Anchor href="/metrics" underline="always">
          /metrics
        </Anchor>
        .
      </Text>
    </Stack>
  );
}
