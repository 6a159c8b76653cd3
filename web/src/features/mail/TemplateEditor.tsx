import { Button, Grid, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiProblem, useSession } from "@/api";
import { ConfirmButton, GuardedButton, keyOf, ProblemAlert } from "@/shared";
import { type Draft, emailTemplateQuery, removeTemplate, saveTemplate } from "./queries";
import { TemplateConflict } from "./TemplateConflict";
import { TemplatePreview } from "./TemplatePreview";

type Held = Draft & { etag?: string | undefined };

/** Source on the left, the rendered mail on the right. */
export function TemplateEditor({ template, exists }: { template: Held; exists: boolean }) {
  const [draft, setDraft] = useState<Held>(template);
  const [saved, setSaved] = useState<Held>(template);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { lacks } = useSession();
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved);
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: () => dirty,
    withResolver: true,
    enableBeforeUnload: () => dirty,
  });
  const set = (change: Partial<Draft>) => setDraft((d) => ({ ...d, ...change }));
  const save = useMutation({
    mutationFn: (over?: "over") =>
      saveTemplate({ ...draft, key: draft.key || keyOf(draft.name) }, exists, over ? undefined : saved.etag),
    onSuccess: async (made) => {
      setSaved({ ...draft, etag: made.etag });
      setDraft((now) => ({ ...now, etag: made.etag }));
      await client.invalidateQueries({ queryKey: ["email-templates"] });
      notifications.show({ color: "teal", message: "The template is saved." });
      if (!exists) await navigate({ to: `/mail/${made.key}`, ignoreBlocker: true });
    },
  });
  const remove = async () => {
    await removeTemplate(draft.key);
    await client.invalidateQueries({ queryKey: ["email-templates"] });
    await navigate({ to: "/mail", ignoreBlocker: true });
  };
  const moved = save.error instanceof ApiProblem && save.error.status === 412;
  const takeTheirs = async () => {
    const theirs = await client.fetchQuery({ ...emailTemplateQuery(draft.key), staleTime: 0 });
    setSaved(theirs);
    setDraft(theirs);
    save.reset();
  };
  const at = (pointer: string) => (save.error instanceof ApiProblem ? save.error.at(pointer)[0]?.message : undefined);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <form onSubmit={submit}>
          <Stack>
            <Group grow align="flex-start">
              <TextInput
                label="Name"
                required
                value={draft.name}
                error={at("/name")}
                onChange={(e) => set({ name: e.currentTarget.value })}
              />
              <TextInput
                label="Key"
                disabled={exists}
                placeholder={keyOf(draft.name)}
                value={draft.key}
                error={at("/key")}
                onChange={(e) => set({ key: e.currentTarget.value })}
              />
            </Group>
            <Select
              label="Class"
              description="Marketing respects consent; transactional is sent whatever the consent"
              data={["marketing", "transactional"]}
              allowDeselect={false}
              value={draft.class}
              onChange={(value) => value && set({ class: value as Draft["class"] })}
            />
            <TextInput
              label="Subject"
              required
              value={draft.subject}
              error={at("/subject")}
              onChange={(e) => set({ subject: e.currentTarget.value })}
            />
            <Textarea
              label="HTML"
              description="Left empty, it is made from the text"
              autosize
              minRows={8}
              maxRows={24}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              spellCheck={false}
              value={draft.html}
              error={at("/html")}
              onChange={(e) => set({ html: e.currentTarget.value })}
            />
            <Textarea
              label="Text"
              description="Left empty, it is made from the HTML"
              autosize
              minRows={5}
              maxRows={16}
              value={draft.text}
              error={at("/text")}
              onChange={(e) => set({ text: e.currentTarget.value })}
            />
            {moved ? (
              <TemplateConflict theirs={takeTheirs} mine={() => save.mutate("over")} />
            ) : (
              <ProblemAlert problem={save.error} />
            )}
            {status === "blocked" && (
              <Group role="alert">
                What you wrote is not saved.
                <Button size="xs" variant="default" onClick={reset}>
                  Stay
                </Button>
                <Button size="xs" color="red" onClick={proceed}>
                  Leave without saving
                </Button>
              </Group>
            )}
            <Group justify="space-between">
              {exists ? (
                <ConfirmButton
                  variant="default"
                  reason={lacks("editor")}
                  label="Delete"
                  question={`Delete the template "${draft.name}"?`}
                  onConfirm={remove}
                >
                  A template that a workflow uses cannot be deleted.
                </ConfirmButton>
              ) : (
                <span />
              )}
              <GuardedButton type="submit" loading={save.isPending} disabled={!dirty} reason={lacks("editor")}>
                Save
              </GuardedButton>
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <TemplatePreview draft={draft} />
      </Grid.Col>
    </Grid>
  );
}
