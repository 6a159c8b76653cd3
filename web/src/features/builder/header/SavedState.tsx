import { Button, Group, Loader, Text, VisuallyHidden } from "@mantine/core";
import { CircleAlert, CloudCheck, CloudOff, GitCompareArrows, type LucideIcon } from "lucide-react";
import type { Status } from "../saving/autosave";

type Props = { status: Status; onCompare: () => void; onRetry: () => void; why: string };

const looks: Record<Exclude<Status, "saving">, [words: string, icon: LucideIcon, color: string]> = {
  saved: ["Saved", CloudCheck, "dimmed"],
  offline: ["Offline (retrying)", CloudOff, "var(--mantine-color-orange-light-color)"],
  conflict: ["Conflict", GitCompareArrows, "var(--mantine-color-red-text)"],
  refused: ["Not saved", CircleAlert, "var(--mantine-color-red-text)"],
};

/** Whether the draft on the screen is the one on the server; always there. */
export function SavedState({ status, onCompare, onRetry, why }: Props) {
  return (
    <Group gap={6} wrap="nowrap" role="status" aria-label="Draft">
      {status === "saving" ? <Saving /> : <Rested status={status} why={why} />}
      {status === "conflict" && (
        <Button size="compact-xs" variant="light" color="red" onClick={onCompare}>
          Compare
        </Button>
      )}
      {(status === "offline" || status === "refused") && (
        <Button size="compact-xs" variant="subtle" onClick={onRetry}>
          Try now
        </Button>
      )}
    </Group>
  );
}

function Saving() {
  return (
    <>
      <Loader size={14} color="gray" aria-hidden />
      <Text size="sm" c="dimmed">
        Saving
      </Text>
    </>
  );
}

function Rested({ status, why }: { status: Exclude<Status, "saving">; why: string }) {
  const [words, Icon, color] = looks[status];
  return (
    <>
      <Icon size={16} aria-hidden color={color === "dimmed" ? "var(--mantine-color-dimmed)" : color} />
      <Text size="sm" c={color} title={why} truncate>
        {words}
        {status === "refused" && <VisuallyHidden>: {why}</VisuallyHidden>}
      </Text>
    </>
  );
}
