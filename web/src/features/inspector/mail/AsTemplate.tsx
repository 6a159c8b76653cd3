import { Button } from "@mantine/core";
import { FilePlus2 } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import type { How } from "../form/scope";
import { objectOf } from "../model/pointer";
import { NewTemplate } from "./TemplateWidget";

type Props = { value: unknown; onChange: (value: Record<string, unknown>, how: How) => void };

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Keeps what the step says as a template, which the step then uses. */
export function AsTemplate({ value, onChange }: Props) {
  const { may } = useSession();
  const [opened, setOpened] = useState(false);
  const given = objectOf(value);
  const subject = text(given.subject);
  const content = { subject, text: text(given.body), html: text(given.html) };
  if (!may("editor") || text(given.template) || !subject || !(content.text || content.html)) return null;
  const { subject: _, body: __, html: ___, ...rest } = given;
  return (
    <>
      <Button
        variant="light"
        size="compact-sm"
        leftSection={<FilePlus2 size={14} aria-hidden />}
        onClick={() => setOpened(true)}
        style={{ alignSelf: "flex-start" }}
      >
        Create a template from this
      </Button>
      <NewTemplate
        opened={opened}
        start={content}
        onClose={() => setOpened(false)}
        onMade={(key) => onChange({ template: key, ...rest }, { typing: false })}
      />
    </>
  );
}
