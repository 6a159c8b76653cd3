import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FilePlus2 } from "lucide-react";
import { useState } from "react";
import { api, call, idempotencyKey, useSession } from "@/api";
import { keyOf, ProblemAlert } from "@/shared";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "../pickers/Picker";
import { useKind } from "../pickers/useKind";

/** A mail template by key; a new one begins with a subject and is written on its own page. */
export function TemplateWidget(props: WidgetProps) {
  const value = textOf(props.value);
  const { options, busy } = useKind("templates", value);
  const { may } = useSession();
  const [opened, setOpened] = useState(false);
  return (
    <div>
      <Picker
        {...control(props)}
        placeholder={props.placeholder ?? "Choose a mail template"}
        value={value}
        options={options}
        busy={busy}
        onChange={(v, how) => props.onChange(v || undefined, how)}
      />
      {!props.readOnly && may("editor") && (
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<FilePlus2 size={12} aria-hidden />}
          onClick={() => setOpened(true)}
        >
          New template
        </Button>
      )}
      <NewTemplate opened={opened} onClose={() => setOpened(false)} start={{}} onMade={(key) => props.onChange(key)} />
    </div>
  );
}

type Content = { subject?: string | undefined; text?: string | undefined; html?: string | undefined };
type NewProps = { opened: boolean; start: Content; onClose: () => void; onMade: (key: string) => void };

/** Makes a template, of what a step says already where it says something. */
export function NewTemplate({ opened, start, onClose, onMade }: NewProps) {
  const [name, setName] = useState("");
  const [subject, setSubject] = useState("");
  const client = useQueryClient();
  const key = keyOf(name);
  const given = start.subject ?? subject;
  const making = useMutation({
    mutationFn: () => {
      const body = { key, name: name.trim(), subject: given, text: start.text ?? null, html: start.html ?? null };
      return call(
        api.POST("/v1/email-templates", { params: { header: { "Idempotency-Key": idempotencyKey() } }, body }),
      );
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["pickers", "templates"] });
      void client.invalidateQueries({ queryKey: ["email-templates"] });
      onMade(made.key);
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New mail template">
      <Stack>
        <TextInput
          label="Name"
          description={key ? `Its key is ${key}.` : undefined}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          data-autofocus
        />
        {start.subject === undefined && (
          <TextInput label="Subject" value={subject} onChange={(e) => setSubject(e.currentTarget.value)} />
        )}
        <ProblemAlert problem={making.error} />
        <Group justify="flex-end">
          <Button onClick={() => making.mutate()} loading={making.isPending} disabled={!key || !given.trim()}>
            Create
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
