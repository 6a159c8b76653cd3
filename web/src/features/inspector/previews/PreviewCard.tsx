import { Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { Eye } from "lucide-react";
import type { ReactNode } from "react";
import { ContactChooser } from "@/features/contact-chooser";
import { problemWords } from "@/shared";
import { useForm } from "../form/scope";

type Props = {
  title: string;
  busy?: boolean | undefined;
  /** A failure of the preview itself; it hinders nobody, so it is said quietly. */
  error?: unknown;
  /** Whether the preview is made for a contact. */
  forContact?: boolean;
  children?: ReactNode;
};

/** What the server says about what is being edited. */
export function PreviewCard({ title, busy, error, forContact = true, children }: Props) {
  const { context } = useForm();
  return (
    <Paper withBorder p="sm" role="region" aria-label={title} bg="var(--mantine-color-default-hover)">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap={6}>
            <Eye size={14} aria-hidden />
            <Text size="xs" fw={600}>
              {title}
            </Text>
            {busy && <Loader size={12} role="status" aria-label="Asking the server" />}
          </Group>
          {forContact && !context.contactId && <ContactChooser label="Preview for" hideLabel size="xs" />}
        </Group>
        {error ? (
          <Text size="xs" c="dimmed">
            No preview: {problemWords(error).detail}
          </Text>
        ) : (
          <div aria-live="polite">{children}</div>
        )}
      </Stack>
    </Paper>
  );
}
