import { ActionIcon, Menu } from "@mantine/core";
import { EllipsisVertical } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import type { Enrollment } from "../filter";
import { type Action, actionNames, actions, refusal } from "./actions";
import { OperateDialog } from "./OperateDialog";

/** The operator's actions for one row. One that cannot be done says why. */
export function OperateMenu({ enrollment }: { enrollment: Enrollment }) {
  const { lacks } = useSession();
  const [action, setAction] = useState<Action | null>(null);
  const whyNot = (name: Action) => lacks("editor") ?? refusal(name, enrollment);
  // Said to the menu: it would try to begin on its first entry, which cannot take the focus while it is disabled.
  const first = actionNames.find((name) => whyNot(name) === null);
  const who = enrollment.contact.email ?? enrollment.contact.id;
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${who}`}>
            <EllipsisVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actionNames.map((name) => {
            const why = whyNot(name);
            return (
              <Menu.Item
                key={name}
                data-autofocus={name === first || undefined}
                disabled={why !== null}
                onClick={() => setAction(name)}
                title={why ?? undefined}
              >
                {actions[name].label}
                {why && ` – ${why}`}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {action && <OperateDialog action={action} enrollment={enrollment} onClose={() => setAction(null)} />}
    </>
  );
}
