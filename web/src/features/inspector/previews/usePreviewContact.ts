import { contactName, useChosenContact } from "@/features/contact-chooser";
import { useForm } from "../form/scope";

/** The contact that previews are made for: the one of the form, else the one that the browser remembers. */
export function usePreviewContact(): { id: string | undefined; name: string } {
  const { context } = useForm();
  const { contact } = useChosenContact();
  if (context.contactId) return { id: context.contactId, name: "this contact" };
  return { id: contact?.id, name: contact ? contactName(contact) : "nobody" };
}
