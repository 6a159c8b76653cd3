import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemAlert } from "@/shared";

type Props = {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  /** What the button does: "Pause". */
  verb: string;
  danger?: boolean;
  pending: boolean;
  problem: unknown;
  onConfirm: () => void;
};

/** Asks before something that people inside feel, and shows why it could not be done. */
export function ActionDialog({ title, opened, onClose, children, verb, danger, pending, problem, onConfirm }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="md">
        {children}
        <ProblemAlert problem={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color={danger ? "red" : undefined} loading={pending} onClick={onConfirm} data-autofocus>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
