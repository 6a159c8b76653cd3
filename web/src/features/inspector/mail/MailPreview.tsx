import { Anchor, Badge, Box, List, Stack, Tabs, Text } from "@mantine/core";
import { useState } from "react";
import { api, call, type Schemas } from "@/api";
import { HtmlFrame } from "@/shared";
import { useForm } from "../form/scope";
import { objectOf } from "../model/pointer";
import { PreviewCard } from "../previews/PreviewCard";
import { usePreview } from "../previews/usePreview";
import { usePreviewContact } from "../previews/usePreviewContact";
import { SendTest } from "./SendTest";

type Body = Schemas["EmailPreviewRequest"];
type Mail = Schemas["EmailPreview"];

/** Whether there is enough of a mail to be shown. */
function hasContent(given: Record<string, unknown>): boolean {
  return ["template", "body", "html"].some((key) => typeof given[key] === "string" && given[key] !== "");
}

/** The mail as the server would send it to the chosen contact. */
export function MailPreview({ value }: { value: unknown }) {
  const { context } = useForm();
  const contact = usePreviewContact().id;
  const given = objectOf(value);
  const body: Body | null = hasContent(given) ? { with: given, contact, workflow: context.workflow } : null;
  const { data, error, isOld } = usePreview(
    "email",
    body,
    (b, signal) => call(api.POST("/v1/preview/email", { body: b, signal })),
    700,
  );
  if (!body) return null;
  return (
    <PreviewCard title="The mail" busy={isOld} error={error}>
      {data && (
        <Stack gap="xs">
          <MailHead mail={data} />
          <MailTabs mail={data} />
          <MailFoot mail={data} />
          <SendTest body={body} />
        </Stack>
      )}
    </PreviewCard>
  );
}

function MailHead({ mail }: { mail: Mail }) {
  return (
    <Box>
      <Text size="sm" fw={600}>
        {mail.subject || "No subject"}
      </Text>
      {mail.preheader && (
        <Text size="xs" c="dimmed">
          {mail.preheader}
        </Text>
      )}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        From {mail.from || "nobody"} to {mail.to.join(", ") || "nobody"}
        {mail.cc.length > 0 && `, copy to ${mail.cc.join(", ")}`}
      </Text>
    </Box>
  );
}

function MailTabs({ mail }: { mail: Mail }) {
  const [tab, setTab] = useState<string | null>("desktop");
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="desktop">Desktop</Tabs.Tab>
        <Tabs.Tab value="phone">Phone</Tabs.Tab>
        <Tabs.Tab value="text">Text</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="desktop" pt="xs">
        <HtmlFrame html={mail.html} title="The mail on a desktop" height={360} />
      </Tabs.Panel>
      <Tabs.Panel value="phone" pt="xs">
        <HtmlFrame html={mail.html} title="The mail on a phone" width="min(320px, 100%)" height={420} />
      </Tabs.Panel>
      <Tabs.Panel value="text" pt="xs">
        <Text size="xs" ff="monospace" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {mail.text}
        </Text>
      </Tabs.Panel>
    </Tabs>
  );
}

function MailFoot({ mail }: { mail: Mail }) {
  const marketing = mail.class === "marketing";
  return (
    <Stack gap={4}>
      {mail.problems.map((p) => (
        <Text key={p.path + p.message} size="xs" c={p.severity === "error" ? "var(--mantine-color-error)" : undefined}>
          {p.severity === "error" ? "Error: " : "Warning: "}
          {p.message}
        </Text>
      ))}
      <Text size="xs">
        {mail.consent.sends ? "Would be sent to this contact. " : "Would not be sent to this contact. "}
        {mail.consent.why}
      </Text>
      <Text size="xs" component="div">
        {mail.unsubscribe ? "Shows a way to unsubscribe." : "Shows no way to unsubscribe."}{" "}
        {marketing && !mail.unsubscribe && <Badge color="orange">Marketing mail needs one</Badge>}
      </Text>
      {mail.attachments.length > 0 && (
        <Text size="xs">
          Attached: {mail.attachments.map((a) => `${a.name} (${Math.ceil(a.size / 1024)} kB)`).join(", ")}
        </Text>
      )}
      {mail.links.length > 0 && (
        <List size="xs" aria-label="Links in the mail">
          {mail.links.map((link) => (
            <List.Item key={link}>
              {/^https?:/.test(link) ? (
                <Anchor href={link} target="_blank" rel="noreferrer" size="xs" style={{ overflowWrap: "anywhere" }}>
                  {link}
                </Anchor>
              ) : (
                link
              )}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
