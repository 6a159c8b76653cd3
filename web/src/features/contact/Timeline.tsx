import { Skeleton, Stack, Text } from "@mantine/core";
import { ListFoot, ProblemAlert } from "@/shared";
import { useTimeline } from "./queries";
import { Section } from "./Section";
import { TimelineEntry } from "./TimelineEntry";

/** Everything that happened to a contact over all workflows, newest first. */
export function Timeline({ contact, zone }: { contact: string; zone: string | undefined }) {
  const list = useTimeline(contact);
  return (
    <Section title="Timeline">
      {list.isPending && <Skeleton height={240} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has happened yet. Send an event for this contact, or enroll them in a workflow.
        </Text>
      )}
      <Stack gap="sm" component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {list.items.map((item, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several items may share kind and instant
          <TimelineEntry key={`${item.at} ${item.kind} ${i}`} item={item} zone={zone} />
        ))}
      </Stack>
      {list.items.length > 0 && (
        <ListFoot
          shown={list.items.length}
          one="entry"
          many="entries"
          hasMore={list.hasNextPage}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Section>
  );
}
