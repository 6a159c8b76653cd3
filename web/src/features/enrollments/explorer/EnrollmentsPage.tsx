import { Button, Skeleton } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChartNoAxesGantt } from "lucide-react";
import { useState } from "react";
import { EmptyState, ListFoot, LiveBadge, Page, ProblemAlert, useLive } from "@/shared";
import { isCounted } from "../counted";
import { type Filter, isFiltered } from "../filter";
import { keys, useEnrollments } from "../queries";
import { BulkBar } from "./BulkBar";
import { EnrollmentTable } from "./EnrollmentTable";
import { FilterBar } from "./FilterBar";

/** Who is on the way through which workflow, and where. */
export function EnrollmentsPage() {
  const filter = useSearch({ from: "/inside/enrollments" });
  const navigate = useNavigate();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const list = useEnrollments(filter);
  useLive({ enrollments: [keys.lists] });
  const clear = () => {
    setSelected(new Set());
    setAll(false);
  };
  const setFilter = (next: Filter) => {
    clear();
    void navigate({ to: "/enrollments", search: next, replace: true });
  };
  const select = (ids: readonly string[], on: boolean) => {
    setAll(false);
    setSelected((before) => {
      const after = new Set(before);
      for (const id of ids)
        if (on) after.add(id);
        else after.delete(id);
      return after;
    });
  };
  const chosen = list.items.filter((e) => selected.has(e.id));
  return (
    <Page
      title="Enrollments"
      description="Each is one passage of one contact through a workflow."
      actions={<LiveBadge />}
      wide
    >
      <FilterBar filter={filter} onChange={setFilter} />
      {list.isPending && <Skeleton height={320} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && list.items.length === 0 && <NoEnrollment filtered={isFiltered(filter)} />}
      <BulkBar
        selected={chosen}
        filter={filter}
        all={all}
        onAll={() => {
          setSelected(new Set(list.items.map((e) => e.id)));
          setAll(true);
        }}
        canAll={list.hasNextPage && chosen.length === list.items.length}
        counted={isCounted(filter) && list.items.length > 0}
        onClear={clear}
      />
      {list.items.length > 0 && (
        <>
          <EnrollmentTable items={list.items} selected={selected} onSelect={select} />
          <ListFoot
            shown={list.items.length}
            one="enrollment"
            many="enrollments"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </>
      )}
    </Page>
  );
}

function NoEnrollment({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState icon={ChartNoAxesGantt} title="No enrollment fits this filter">
        Take away a part of the filter. If you expected somebody here, the events page says what became of an event.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={ChartNoAxesGantt}
      title="Nobody has been enrolled yet"
      action={
        <Button component={Link} to="/workflows">
          To the workflows
        </Button>
      }
    >
      Publish a workflow. Contacts enter it when an event meets one of its triggers, or by hand.
    </EmptyState>
  );
}
