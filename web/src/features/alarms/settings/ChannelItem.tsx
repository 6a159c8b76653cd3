import { Badge, Button, Group, Paper, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmButton, Instant, notifyProblem, ProblemAlert } from "@/shared";
import { type Channel, changeChannel, keys, removeChannel, testChannel } from "../queries";
import { takesWords, targetWords, typeWords } from "./channelForm";

/** One channel: where it leads, what it takes, whether it works. */
export function ChannelItem({ channel, onEdit }: { channel: Channel; onEdit: () => void }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: keys.channels });
  const test = useMutation({
    mutationFn: () => testChannel(channel.id),
    onSuccess: () => notifications.show({ color: "teal", message: `The test was handed over to ${channel.name}.` }),
    onSettled: again,
  });
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => changeChannel(channel.id, { enabled }),
    onSuccess: again,
    onError: notifyProblem,
  });
  const remove = async () => {
    await removeChannel(channel.id);
    await again();
  };
  return (
    <Paper component="li" withBorder p="sm" aria-label={`Channel ${channel.name}`}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <Text fw={600}>{channel.name}</Text>
            <Badge variant="default" tt="none">
              {typeWords[channel.type]}
            </Badge>
          </Group>
          <Switch
            label="On"
            aria-label={`${channel.name}: on`}
            checked={channel.enabled}
            disabled={toggle.isPending}
            onChange={(e) => toggle.mutate(e.currentTarget.checked)}
          />
        </Group>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {targetWords(channel)}
        </Text>
        <Text size="sm" c="dimmed">
          {takesWords(channel)}
          {channel.sign && `; signed with ${channel.sign}`}
        </Text>
        <Health channel={channel} />
        <ProblemAlert problem={test.error} />
        <Group gap="xs">
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          <Button size="xs" variant="default" onClick={onEdit}>
            Change …
          </Button>
          <ConfirmButton
            size="xs"
            variant="default"
            label="Remove"
            question={`Remove the channel "${channel.name}"?`}
            onConfirm={remove}
          >
            What is still to be told on it is not told any more.
          </ConfirmButton>
        </Group>
      </Stack>
    </Paper>
  );
}

/** Whether the last notice arrived. */
function Health({ channel: { error, error_at, sent_at } }: { channel: Channel }) {
  if (error) {
    return (
      <Text size="sm" c="red">
        Did not arrive, <Instant at={error_at} relative />: {error}
      </Text>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {sent_at ? (
        <>
          Last told <Instant at={sent_at} relative />
        </>
      ) : (
        "Nothing was told on it yet."
      )}
    </Text>
  );
}
