import { Code, Paper, Tabs, Text, Title } from "@mantine/core";
import { HtmlFrame, Instant } from "@/shared";
import type { SinkMail } from "./queries";

/** One mail: as it looks, as text, and its headers. */
export function MailView({ mail }: { mail: SinkMail }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4">
        {mail.subject || "(no subject)"}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {mail.from} to {mail.to.join(", ")}, <Instant at={mail.received_at} />
      </Text>
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
