import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { MouseEventHandler } from "react";

type Props = ButtonProps & {
  /** Why it cannot be pressed now; null when it can. It stays reachable, so that the reason can be read. */
  reason: string | null;
  type?: "submit";
  /** What a press does, beside what its type does. */
  onClick?: MouseEventHandler<HTMLButtonElement>;
};

/** A button that says why it cannot be pressed. */
export function GuardedButton({ reason, onClick, ...button }: Props) {
  const guarded = reason !== null && {
    disabled: false,
    "data-disabled": true,
    "aria-disabled": true,
    "aria-description": reason,
    onClick: (e: { preventDefault: () => void }) => e.preventDefault(),
  };
  // The same button in both cases: it keeps the focus when the reason comes or goes.
  return (
    <Tooltip
      label={reason}
      disabled={reason === null}
      multiline
      maw={280}
      withArrow
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button {...button} onClick={onClick} {...guarded} />
    </Tooltip>
  );
}
