import { Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { GuardedButton } from "./GuardedButton";
import { ProblemAlert } from "./ProblemAlert";

type Props = ButtonProps & {
  /** What the button says; the question repeats it. */
  label: string;
  question: string;
  children?: ReactNode;
  /** Why it cannot be pressed; null when it can. */
  reason?: string | null;
  /** What is done on a yes. Its failure stays in the dialog. */
  onConfirm: () => Promise<unknown>;
};

/** A button that asks before it does what cannot be taken back. */
export function ConfirmButton({ label, question, children, reason = null, onConfirm, ...button }: Props) {
  const [opened, { open, close }] = useDisclosure();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      close();
    } catch (failure) {
      setProblem(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <GuardedButton {...button} reason={reason} onClick={open}>
        {label}
      </GuardedButton>
      <Modal opened={opened} onClose={close} title={question} centered>
        <Stack>
          {children && <Text size="sm">{children}</Text>}
          <ProblemAlert problem={problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep
            </Button>
            <Button color="red" loading={busy} onClick={() => void confirm()}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
