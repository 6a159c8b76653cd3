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
  if (reason === null) return <Button {...button} onClick={onClick} />;
  return (
    <Tooltip label={reason} multiline maw={280} withArrow events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...button}
        disabled={false}
        data-disabled
        aria-disabled
        aria-description={reason}
        onClick={(e: { preventDefault: () => void }) => e.preventDefault()}
      />
    </Tooltip>
  );
}
