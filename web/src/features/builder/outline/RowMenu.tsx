import { Menu } from "@mantine/core";
import { EllipsisVertical } from "lucide-react";
import { useState } from "react";
import { StepMenuItems } from "../editor/StepMenuItems";
import classes from "./Outline.module.css";

type Props = {
  id: string;
  name: string;
  /** Why nothing can be done; null: it can. */
  reason: string | null;
};

const takeFocus = (made: HTMLElement | null) => made?.focus();

/** What can be done with a step. The menu itself is made when it is first asked for: there may be hundreds of rows. */
export function RowMenu({ id, name, reason }: Props) {
  const [wanted, want] = useState(false);
  const button = (
    <button
      // That of the menu takes the place of the first one, and its focus.
      ref={wanted ? takeFocus : undefined}
      type="button"
      className={classes.more}
      aria-label={`What can be done with ${name}`}
      aria-haspopup="menu"
      disabled={reason !== null}
      title={reason ?? undefined}
      onClick={() => want(true)}
    >
      <EllipsisVertical size={16} aria-hidden />
    </button>
  );
  if (!wanted) return button;
  return (
    <Menu position="bottom-end" shadow="md" width={220} defaultOpened>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <StepMenuItems id={id} />
      </Menu.Dropdown>
    </Menu>
  );
}
