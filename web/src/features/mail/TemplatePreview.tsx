import { Alert, Code, Group, List, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "@/api";
import { ContactChooser, useChosenContact } from "@/features/contact-chooser";
import { HtmlFrame, ProblemAlert } from "@/shared";
import type { Draft } from "./queries";

const views = ["Desktop", "Phone", "Text"];

/** The mail as the server renders it for a contact. */
export function TemplatePreview({ draft }: { draft: Draft }) {
  const [view, setView] = useState("Desktop");
  const { contact } = useChosenContact();
  const [asked] = useDebouncedValue(draft, 400);
  const complete = Boolean(asked.subject && (asked.html || asked.text));
  // A template with both parts is sent with both: its text is not made from the HTML.
  const body = asked.html && !(view === "Text" && asked.text) ? { html: asked.html } : { body: asked.text };
  const { data, error } = useQuery({
    queryKey: ["preview", "email", asked.subject, asked.class, body, contact?.id],
    queryFn: ({ signal }) =>
      call(
        api.POST("/v1/preview/email", {
          body: {
            with: {
              subject: asked.subject,
              class: asked.class,
              ...body,
            },
            ...(contact ? { contact: contact.id } : {}),
          },
          signal,
        }),
      ),
    enabled: complete,
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <ContactChooser />
      <SegmentedControl data={views} value={view} onChange={setView} aria-label="View of the preview" />
      {!complete && <Text c="dimmed">The preview needs a subject, and HTML or text.</Text>}
      <ProblemAlert problem={error} />
      {data && complete && (
        <>
          <Text fw={600}>{data.subject}</Text>
          {view === "Text" ? (
            <Code block>{data.text}</Code>
          ) : (
            <Group justify="center">
              <HtmlFrame
                html={data.html}
                title="Preview of the mail"
                width={view === "Phone" ? 375 : "100%"}
                height={520}
              />
            </Group>
          )}
          {data.problems.length > 0 && (
            <Alert color="yellow" title="To look at">
              <List size="sm">
                {data.problems.map((p) => (
                  <List.Item key={`${p.path} ${p.message}`}>
                    {p.message}
                    {p.hint && ` (${p.hint})`}
                  </List.Item>
                ))}
              </List>
            </Alert>
          )}
        </>
      )}
    </Stack>
  );
}
