import { Anchor, Divider, Skeleton, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

const LimitsForm = lazy(() => import("@/features/alarms").then((m) => ({ default: m.LimitsForm })));

/** When there is an alarm about the workflow, and the way to those that were. */
export function WorkflowAlarms({ workflow }: { workflow: string }) {
  return (
    <Stack gap="sm" mt="lg">
      <Divider />
      <Suspense fallback={<Skeleton height={240} />}>
        <LimitsForm workflow={workflow} narrow />
      </Suspense>
      <Anchor size="sm" renderRoot={(props) => <Link to="/alarms" search={{ workflow }} {...props} />}>
        Its alarms
      </Anchor>
    </Stack>
  );
}
