import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useSession } from "@/api";
import { Instant } from "@/shared";
import { ConsentDialog } from "./ConsentDialog";
import type { Contact } from "./queries";
import { Section } from "./Section";

export const channels = ["email", "sms"] as const;
export type Channel = (typeof channels)[number];

export const channelWords: Record<Channel, string> = { email: "marketing mail", sms: "SMS" };

const words = { subscribed: "subscribed", unsubscribed: "unsubscribed", none: "never asked" };
const colors = { subscribed: "teal", unsubscribed: "red", none: "gray" };

/** To what a contact has agreed, and where that is known from. */
export function Consent({ contact }: { contact: Contact }) {
  const { may } = useSession();
  const [channel, setChannel] = useState<Channel | null>(null);
  return (
    <Section title="Consent">
      <Stack gap="xs">
        {channels.map((name) => {
          const given = contact.consent[name];
          const state = given?.state ?? "none";
          return (
            <Group key={name} justify="space-between" gap="xs">
              <div>
                <Group gap="xs">
                  <Text size="sm">{name === "email" ? "Marketing mail" : "SMS"}</Text>
                  <Badge variant="light" color={colors[state]} tt="none">
                    {words[state]}
                  </Badge>
                </Group>
                {given?.at && (
                  <Text size="sm" c="dimmed">
                    Since <Instant at={given.at} />. Source: {given.source || "not named"}
                  </Text>
                )}
              </div>
              {may("editor") && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Change consent to ${channelWords[name]}`}
                  onClick={() => setChannel(name)}
                >
                  Change
                </Button>
              )}
            </Group>
          );
        })}
        {!contact.subscribed && (
          <Text size="sm" c="dimmed">
            No marketing mail is sent to this contact.
          </Text>
        )}
      </Stack>
      {channel && <ConsentDialog contact={contact} channel={channel} onClose={() => setChannel(null)} />}
    </Section>
  );
}
