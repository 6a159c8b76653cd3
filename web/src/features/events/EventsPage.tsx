import { Skeleton, Stack } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import { EmptyState, ListFoot, LiveBadge, Page, ProblemAlert, useLive } from "@/shared";
import { EventFilters } from "./EventFilters";
import { EventItem } from "./EventItem";
import type { EventFilter } from "./filter";
import { keys, useEvents } from "./queries";
import { SendEventButton } from "./SendEventButton";

/** The log of events with what became of each: the place to ask why nothing happened. */
export function EventsPage() {
  const filter = useSearch({ from: "/inside/events" });
  const navigate = useNavigate();
  const list = useEvents(filter);
  useLive({ events: [keys.lists] });
  const setFilter = (search: EventFilter) => void navigate({ to: "/events", search, replace: true });
  const filtered = Object.keys(filter).length > 0;
  return (
    <Page
      title="Events"
      description="What was reported about contacts, and what each workflow made of it."
      actions={
        <>
          <LiveBadge />
          <SendEventButton />
        </>
      }
    >
      <EventFilters filter={filter} onChange={setFilter} />
      {list.isPending && <Skeleton height={320} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && (
        <EmptyState
          icon={Activity}
          title={filtered ? "No event fits this filter" : "No event has come yet"}
          action={<SendEventButton variant="filled" />}
        >
          {filtered
            ? "If you expected one here, it was never accepted: look at the answer that its sender got."
            : "Have your shop, your forms or your course platform post to /v1/events, or send a test event."}
        </EmptyState>
      )}
      <Stack gap="xs">
        {list.items.map((event) => (
          <EventItem key={event.id} event={event} />
        ))}
      </Stack>
      {list.items.length > 0 && (
        <ListFoot
          shown={list.items.length}
          one="event"
          many="events"
          hasMore={list.hasNextPage}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Page>
  );
}
