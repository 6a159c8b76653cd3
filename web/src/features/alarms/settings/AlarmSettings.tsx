import { Stack } from "@mantine/core";
import { ChannelsPanel } from "./ChannelsPanel";
import { LimitsForm } from "./LimitsForm";

/** Who is told of alarms, and from what on there is one. */
export function AlarmSettings() {
  return (
    <Stack maw={900} gap="xl">
      <ChannelsPanel />
      <LimitsForm workflow={null} />
    </Stack>
  );
}
