import { Popover, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { ContactChooser } from "@/features/contact-chooser";
import { useForm } from "../form/scope";
import { usePreviewContact } from "./usePreviewContact";

/** The name of the contact that a preview is made for; a click chooses another. */
export function PreviewFor() {
  const { context } = useForm();
  const { name } = usePreviewContact();
  const [opened, setOpened] = useState(false);
  if (context.contactId) return <Text span>{name}</Text>;
  return (
    <Popover opened={opened} onChange={setOpened} withArrow shadow="md" width={280} trapFocus>
      <Popover.Target>
        <UnstyledButton
          onClick={() => setOpened(!opened)}
          aria-label={`Preview for ${name}, choose another contact`}
          style={{ display: "inline-flex", alignItems: "center", minHeight: 24, fontWeight: 600, fontSize: "inherit" }}
        >
          {name}
          <ChevronDown size={12} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <ContactChooser />
      </Popover.Dropdown>
    </Popover>
  );
}
