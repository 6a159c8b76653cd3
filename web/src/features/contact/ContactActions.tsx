import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "@/api";
import { SendEventButton } from "@/features/events";
import { ConfirmButton, GuardedButton } from "@/shared";
import { EnrollDialog } from "./EnrollDialog";
import { MergeDialog } from "./MergeDialog";
import { type Contact, eraseContact } from "./queries";

/** What can be done with a contact as a whole. */
export function ContactActions({ contact }: { contact: Contact }) {
  const { lacks } = useSession();
  const [dialog, setDialog] = useState<"enroll" | "merge" | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const reason = lacks("editor");
  const erase = async () => {
    await eraseContact(contact.id);
    await navigate({ to: "/contacts" });
    await client.invalidateQueries({ queryKey: ["contacts"] });
  };
  return (
    <>
      <GuardedButton reason={reason} onClick={() => setDialog("enroll")}>
        Enroll
      </GuardedButton>
      {contact.email && <SendEventButton email={contact.email} />}
      <GuardedButton variant="default" reason={reason} onClick={() => setDialog("merge")}>
        Merge
      </GuardedButton>
      {reason === null ? (
        <ConfirmButton
          label="Erase"
          question={`Erase ${contact.email ?? contact.id}?`}
          variant="light"
          color="red"
          onConfirm={erase}
        >
          Everything that says something about this person goes, from every table and every log. What it is in ends.
          Figures stay, and a no to mail stays as a hash of the address. This cannot be taken back.
        </ConfirmButton>
      ) : (
        <GuardedButton variant="light" color="red" reason={reason} onClick={() => {}}>
          Erase
        </GuardedButton>
      )}
      {dialog === "enroll" && <EnrollDialog contact={contact} onClose={() => setDialog(null)} />}
      {dialog === "merge" && <MergeDialog contact={contact} onClose={() => setDialog(null)} />}
    </>
  );
}
