import { Anchor, Divider, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { LinesFrame, later } from "@/shared";

const LimitsForm = later(() => import("@/features/alarms").then((m) => m.LimitsForm), LinesFrame);

/** When there is an alarm about the workflow, and the way to those that were. */
export function WorkflowAlarms({ workflow }: { workflow: string }) {
  return (
    <Stack gap="sm" mt="lg">
      <Divider />
      <LimitsForm workflow={workflow} narrow />
      <Anchor size="sm" renderRoot={(props) => <Link to="/alarms" search={{ workflow }} {...props} />}>
        Its alarms
      </Anchor>
    </Stack>
  );
}
