import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { CircleCheck } from "lucide-react";
import type { PublishResult } from "../queries";
import { MoveProgress } from "./MoveProgress";

/** It is published: what runs now, and the addresses that others need. */
export function Published({ result, onClose }: { result: PublishResult; onClose: () => void }) {
  const left = result.in_flight.exit;
  return (
    <Stack gap="md" role="status">
      <Group gap="sm" wrap="nowrap">
        <CircleCheck size={28} color="var(--mantine-color-teal-text)" aria-hidden />
        <Text>
          Version {result.version} is published. Everyone who enters from now on takes it.
          {!result.job && left > 0 && ` ${left.toLocaleString("en")} enrollments were ended.`}
        </Text>
      </Group>
      <Text size="sm">
        For 48 hours it is watched: the tab Versions compares it with the time before, and a summary goes to the
        channels for alarms.
      </Text>
      {result.job && <MoveProgress job={result.job} />}
      {(result.hooks ?? []).map((hook) => (
        <div key={hook.trigger}>
          <Text size="sm" fw={600}>
            Address of the webhook {hook.trigger}
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Code style={{ overflowWrap: "anywhere" }}>{hook.url}</Code>
            <CopyButton value={hook.url ?? ""}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" onClick={copy}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
          </Group>
        </div>
      ))}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
