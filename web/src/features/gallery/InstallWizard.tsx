import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiProblem } from "@/api";
import { ProblemAlert } from "@/shared";
import { BlankField } from "./BlankField";
import { type Answers, given, install, kindWords, type Template, type Thing } from "./queries";

/** Fills the blanks of a template, says what will be made, and leaves a valid draft. */
export function InstallWizard({ template, onClose }: { template: Template; onClose: () => void }) {
  const [name, setName] = useState("");
  const [answers, setAnswers] = useState<Answers>({});
  const client = useQueryClient();
  const navigate = useNavigate();
  const plan = useQuery({
    queryKey: ["gallery", "plan", template.key],
    queryFn: () => install(template.key, "", {}, true),
  });
  const make = useMutation({
    mutationFn: () => install(template.key, name, given(template.blanks, answers), false),
    onSuccess: async (made) => {
      await client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" && q.queryKey[0] !== "gallery" });
      notifications.show({ color: "teal", message: `${name || template.name} is there as a draft.` });
      await navigate({ to: `/workflows/${made.workflow}` });
    },
  });
  // What is wrong may stand out of sight.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (make.error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [make.error]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={template.name} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <form ref={form} onSubmit={submit}>
        <Stack>
          <Text size="sm">{template.description}</Text>
          <TextInput
            label="Name of the workflow"
            placeholder={template.name}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            data-autofocus
          />
          {template.blanks.map((blank) => (
            <BlankField
              key={blank.key}
              blank={blank}
              value={answers[blank.key]}
              error={make.error instanceof ApiProblem ? make.error.at(`/answers/${blank.key}`)[0]?.message : undefined}
              onChange={(value) => setAnswers((a) => ({ ...a, [blank.key]: value }))}
            />
          ))}
          <Plan title="This makes" things={plan.data?.created} />
          <Plan title="Already there, used as it is" things={plan.data?.existing} />
          <ProblemAlert problem={make.error ?? plan.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Make the draft
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Plan({ title, things }: { title: string; things: Thing[] | undefined }) {
  if (!things || things.length === 0) return null;
  return (
    <div>
      <Text fw={600} size="sm">
        {title}
      </Text>
      <List size="sm">
        {things.map((thing) => (
          <List.Item key={`${thing.kind} ${thing.key}`}>
            {kindWords[thing.kind]} {thing.name || thing.key}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
