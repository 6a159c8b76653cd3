import { Anchor, Badge, Group, Paper, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSession } from "@/api";
import { enrollmentKeys, OperateMenu } from "@/features/enrollments";
import { GuardedButton, Instant, notifyProblem } from "@/shared";
import { type FailureItem, keys, retryOne } from "./queries";
import { sentence, stateWords } from "./words";

/** One failure: who, what the other side said, and a way to try again. */
export function ItemRow({ item }: { item: FailureItem }) {
  const { enrollment: e, contact } = item;
  const who = contact.email ?? contact.id;
  return (
    <Paper component="li" withBorder p="xs">
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap={6}>
            <Anchor
              component={Link}
              to={e ? `/enrollments/${e.id}` : `/contacts/${contact.id}`}
              size="sm"
              fw={600}
              style={{ overflowWrap: "anywhere" }}
            >
              {who}
            </Anchor>
            <Badge size="sm" variant="light" color={item.why_not ? "gray" : "orange"} tt="none">
              {stateWords({ [item.state]: 1 }).replace(/^1 /, "")}
            </Badge>
          </Group>
          {item.error && (
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {item.error}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            <Instant at={item.at} relative />
            {item.attempts > 0 && `, ${item.attempts} ${item.attempts === 1 ? "attempt" : "attempts"}`}
            {e && (
              <>
                {" · "}
                <Anchor component={Link} to={`/contacts/${contact.id}`} size="sm" underline="always">
                  Contact
                </Anchor>
              </>
            )}
          </Text>
          {item.why_not && <Text size="sm">{sentence(item.why_not)}.</Text>}
        </div>
        <Group gap={4} wrap="nowrap">
          <RetryOne item={item} who={who} />
          {e && <OperateMenu enrollment={e} />}
        </Group>
      </Group>
    </Paper>
  );
}

function RetryOne({ item, who }: { item: FailureItem; who: string }) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryOne(item),
    onSettled: () =>
      Promise.all([keys.all, enrollmentKeys.all].map((queryKey) => client.invalidateQueries({ queryKey }))),
    onError: notifyProblem,
  });
  const why = lacks(item.enrollment ? "editor" : "publisher") ?? (item.why_not && sentence(`${item.why_not}.`));
  return (
    <GuardedButton
      size="compact-sm"
      variant="default"
      reason={why}
      loading={retry.isPending}
      onClick={() => retry.mutate()}
      aria-label={`Retry ${who}`}
    >
      Retry
    </GuardedButton>
  );
}
