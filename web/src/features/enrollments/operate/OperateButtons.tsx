import { Group } from "@mantine/core";
import { useState } from "react";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import type { Enrollment } from "../filter";
import { type Action, actionNames, actions, refusal } from "./actions";
import { OperateDialog } from "./OperateDialog";

type Props = {
  enrollment: Enrollment;
  /** Type of the node where it stands, and its ways out. */
  type: string | undefined;
  ports: string[];
};

/** The operator's actions for one enrollment. */
export function OperateButtons({ enrollment, type, ports }: Props) {
  const { lacks } = useSession();
  const [action, setAction] = useState<Action | null>(null);
  return (
    <Group gap="xs" role="group" aria-label="Operator controls">
      {actionNames.map((name) => (
        <GuardedButton
          key={name}
          size="xs"
          variant={name === "exit" ? "light" : "default"}
          color={name === "exit" ? "red" : undefined}
          reason={lacks("editor") ?? refusal(name, enrollment, type)}
          onClick={() => setAction(name)}
        >
          {actions[name].label}
        </GuardedButton>
      ))}
      {action && (
        <OperateDialog action={action} enrollment={enrollment} ports={ports} onClose={() => setAction(null)} />
      )}
    </Group>
  );
}
