import { List, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSession } from "@/api";
import { Instant, ProblemAlert } from "@/shared";
import { channelsQuery, type Notice, toldQuery } from "./queries";

const what: Record<Notice["kind"], string> = {
  opened: "The alarm",
  reminder: "A reminder",
  ended: "The all-clear",
  summary: "The summary",
};

const became: Record<Notice["state"], string> = {
  queued: "is on its way",
  sent: "was handed over",
  failed: "was given up",
  canceled: "was not needed any more",
};

/** Whom an alarm was told, and what became of each notice. */
export function Told({ id }: { id: string }) {
  const { may } = useSession();
  const { data, error, refetch } = useQuery(toldQuery(id));
  const { data: channels } = useQuery(channelsQuery(may("admin")));
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={40} />;
  if (data.notices.length === 0) {
    return <Text size="sm">Nobody was told: no channel takes alarms of this kind and workflow.</Text>;
  }
  const names = new Map(channels?.items.map((c) => [c.id, c.name]));
  return (
    <List size="sm" spacing={4} listStyleType="disc">
      {data.notices.map((n) => (
        <List.Item key={n.id}>
          {what[n.kind]} {became[n.state]}, to {names.get(n.channel) ?? "a channel"},{" "}
          <Instant at={n.done_at ?? n.created_at} relative />
          {n.error && `: ${n.error}`}
        </List.Item>
      ))}
    </List>
  );
}
