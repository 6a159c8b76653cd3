import { Button, Group, SegmentedControl, Skeleton, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ImportWorkflowButton, NewWorkflowButton } from "@/features/new-workflow";
import { EmptyState, LinesFrame, LoadMore, later, Page, ProblemAlert, useLive } from "@/shared";
import { toReview } from "./health";
import { OverallLine } from "./OverallLine";
import { overviewQuery, workflowsQuery } from "./queries";
import { ReviewTable } from "./ReviewTable";
import { StatusFilter } from "./StatusFilter";
import { fits, isStatus } from "./selection";
import { WorkflowTable } from "./WorkflowTable";

// Seen once, and it brings much along.
const FirstMinute = later(() => import("./FirstMinute").then((m) => m.FirstMinute), LinesFrame);

/** All workflows with what matters at a glance; a fresh installation offers what to begin with. */
export function WorkflowsPage() {
  useLive({ workflows: [["workflows"], ["overview"]] });
  const list = useInfiniteQuery(workflowsQuery());
  const overview = useQuery(overviewQuery);
  const search = useSearch({ from: "/inside/workflows" });
  const navigate = useNavigate({ from: "/workflows" });
  const workflows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const review = search.view === "review";
  const status = isStatus(search.status) ? search.status : undefined;
  const shown = workflows.filter((w) => fits(w, status, search.find ?? ""));
  const go = (change: typeof search) => void navigate({ search: { ...search, ...change }, replace: true });
  return (
    <Page
      title="Workflows"
      wide
      actions={
        <>
          <ImportWorkflowButton />
          <Button component={Link} to="/gallery" variant="default">
            From a template
          </Button>
          <NewWorkflowButton />
        </>
      }
    >
      {list.isPending && <Skeleton height={200} />}
      {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
      {list.data && workflows.length === 0 && <FirstMinute />}
      {workflows.length > 0 && (
        <>
          {overview.data && <OverallLine overview={overview.data} />}
          {overview.error && <ProblemAlert problem={overview.error} retry={() => void overview.refetch()} />}
          <Group mb="md" align="flex-end">
            <SegmentedControl
              aria-label="Which workflows"
              value={review ? "review" : "all"}
              onChange={(view) => go({ view: view === "review" ? view : undefined })}
              data={[
                { value: "all", label: "All" },
                { value: "review", label: `Review (${toReview(overview.data?.workflows ?? []).length})` },
              ]}
            />
            <TextInput
              label="Find"
              placeholder="Name, key or folder"
              value={search.find ?? ""}
              onChange={(e) => go({ find: e.currentTarget.value || undefined })}
            />
            <StatusFilter value={status} onChange={(value) => go({ status: value })} />
          </Group>
          {review ? (
            overview.data && <ReviewTable overview={overview.data} />
          ) : shown.length > 0 ? (
            <WorkflowTable workflows={shown} health={overview.data?.workflows ?? []} />
          ) : (
            <EmptyState title="No workflow fits">Look for something else, or choose another status.</EmptyState>
          )}
        </>
      )}
      <LoadMore of={list} />
    </Page>
  );
}
