import { Code, Group, Paper, Tabs, Text, Title } from "@mantine/core";
import { Paperclip } from "lucide-react";
import { HtmlFrame, Instant } from "@/shared";
import type { SinkMail } from "./queries";

/** One mail: as it looks, as text, its headers, and what is attached. */
export function MailView({ mail }: { mail: SinkMail }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4">
        {mail.subject || "(no subject)"}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {mail.from} to {mail.to.join(", ")}, <Instant at={mail.received_at} />
      </Text>
      <Attached files={mail.attachments} />
      <Tabs defaultValue={mail.html ? "html" : "text"} key={mail.id}>
        <Tabs.List mb="sm">
          {mail.html && <Tabs.Tab value="html">Mail</Tabs.Tab>}
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="headers">Headers</Tabs.Tab>
        </Tabs.List>
        {mail.html && (
          <Tabs.Panel value="html">
            <HtmlFrame html={mail.html} title={`Mail ${mail.subject}`} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="text">
          <Code block>{mail.text}</Code>
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <Code block>
            {Object.entries(mail.headers)
              .map(([name, value]) => `${name}: ${[value].flat().join(", ")}`)
              .join("\n")}
          </Code>
        </Tabs.Panel>
      </Tabs>
    </Paper>
  );
}

function Attached({ files }: { files: SinkMail["attachments"] }) {
  if (files.length === 0) return null;
  return (
    <Group gap="md" mb="md" component="ul" aria-label="Attachments" p={0} m={0} style={{ listStyle: "none" }}>
      {files.map(({ name, size }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attachments have an order, and names may repeat
        <Group component="li" gap={6} key={i} wrap="nowrap">
          <Paperclip size={16} aria-hidden />
          <Text span size="sm">
            {name} ({sizeWords(size)})
          </Text>
        </Group>
      ))}
    </Group>
  );
}

function sizeWords(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024).toLocaleString("en")} kB`;
}
