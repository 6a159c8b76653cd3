import type { ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Send } from "lucide-react";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import { SendEventDialog } from "./SendEventDialog";

type Props = ButtonProps & {
  /** The type that the form begins with. */
  type?: string;
  /** The mail address that the form begins with; default that of the chosen contact. */
  email?: string;
};

/** Opens a form that reports one event, to see what becomes of it. */
export function SendEventButton({ type, email, ...button }: Props) {
  const { may } = useSession();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <GuardedButton
        variant="default"
        leftSection={<Send size={16} aria-hidden />}
        {...button}
        reason={may("events") ? null : "Needs the scope events or editor."}
        onClick={open}
      >
        Send a test event
      </GuardedButton>
      {opened && <SendEventDialog onClose={close} type={type} email={email} />}
    </>
  );
}
