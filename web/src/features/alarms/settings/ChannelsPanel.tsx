import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Megaphone, Plus } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import { EmptyState, ProblemAlert } from "@/shared";
import { type Channel, channelsQuery } from "../queries";
import { ChannelDialog } from "./ChannelDialog";
import { ChannelItem } from "./ChannelItem";

/** Who is told of alarms, and how. */
export function ChannelsPanel() {
  const { may } = useSession();
  const { data, error, refetch } = useQuery(channelsQuery(may("admin")));
  const [edited, edit] = useState<Channel | "new" | null>(null);
  if (!may("admin")) return <Text>Only a key with the scope admin may see who is told.</Text>;
  const add = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => edit("new")}>
      Add a channel
    </Button>
  );
  return (
    <section aria-label="Channels">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          Who is told
        </Title>
        {data && data.items.length > 0 && add}
      </Group>
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={120} />}
      {data && data.items.length === 0 && (
        <EmptyState icon={Megaphone} title="Nobody is told" action={add}>
          Alarms are shown on their page all the same. A channel tells them by mail, to Slack or to a webhook.
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {data.items.map((channel) => (
            <ChannelItem key={channel.id} channel={channel} onEdit={() => edit(channel)} />
          ))}
        </Stack>
      )}
      {edited && <ChannelDialog channel={edited === "new" ? null : edited} onClose={() => edit(null)} />}
    </section>
  );
}
