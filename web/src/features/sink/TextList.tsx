import { Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Instant, ProblemAlert } from "@/shared";
import classes from "./MailList.module.css";
import { textsQuery } from "./queries";

/** The text messages that were sent in development; nothing when there is none. */
export function TextList() {
  const { data, error, isPending, refetch } = useQuery(textsQuery);
  if (isPending) return <Skeleton height={80} mt="lg" />;
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (data.length === 0) return null;
  return (
    <Stack gap="sm" mt="lg">
      <Title order={2} size="h4">
        Text messages
      </Title>
      <Stack gap={8} component="ul" className={classes.list} aria-label="Text messages">
        {data.map((message) => (
          <Paper withBorder p="sm" component="li" key={message.id}>
            <Text size="sm" c="dimmed">
              {message.from ? `${message.from} to ${message.to}` : `To ${message.to}`},{" "}
              <Instant at={message.received_at} />
            </Text>
            <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{message.text}</Text>
          </Paper>
        ))}
      </Stack>
    </Stack>
  );
}
