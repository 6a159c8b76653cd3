import { Group } from "@mantine/core";
import { RotateCcw } from "lucide-react";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import type { Failure, GroupAction } from "./queries";
import { groupRefusal } from "./words";

type Props = { failure: Failure; onAsk: (action: GroupAction) => void };

/** Retry or skip for a whole group. */
export function GroupActions({ failure: f, onAsk }: Props) {
  const { lacks } = useSession();
  const why = (action: GroupAction) => lacks("publisher") ?? groupRefusal(action, f);
  if (f.open === 0) return null;
  return (
    <Group gap="xs">
      <GuardedButton
        size="xs"
        leftSection={<RotateCcw size={14} aria-hidden />}
        reason={why("retry")}
        onClick={() => onAsk("retry")}
      >
        Retry all {f.retry.count > 0 && f.retry.count.toLocaleString("en")}
      </GuardedButton>
      <GuardedButton size="xs" variant="default" reason={why("skip")} onClick={() => onAsk("skip")}>
        Skip the step for all
      </GuardedButton>
    </Group>
  );
}
