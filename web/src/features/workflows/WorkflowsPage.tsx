import { Button, Group, Skeleton, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ImportWorkflowButton, NewWorkflowButton } from "@/features/new-workflow";
import { EmptyState, LoadMore, Page, ProblemAlert } from "@/shared";
import { FirstMinute } from "./FirstMinute";
import { workflowsQuery } from "./queries";
import { StatusFilter } from "./StatusFilter";
import { fits, isStatus } from "./selection";
import { WorkflowTable } from "./WorkflowTable";

/** All workflows with what matters at a glance; a fresh installation offers what to begin with. */
export function WorkflowsPage() {
  const list = useInfiniteQuery(workflowsQuery());
  const search = useSearch({ from: "/inside/workflows" });
  const navigate = useNavigate({ from: "/workflows" });
  const workflows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const status = isStatus(search.status) ? search.status : undefined;
  const shown = workflows.filter((w) => fits(w, status, search.find ?? ""));
  const go = (change: typeof search) => void navigate({ search: { ...search, ...change }, replace: true });
  return (
    <Page
      title="Workflows"
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
          <Group mb="md" align="flex-end">
            <TextInput
              label="Find"
              placeholder="Name, key or folder"
              value={search.find ?? ""}
              onChange={(e) => go({ find: e.currentTarget.value || undefined })}
            />
            <StatusFilter value={status} onChange={(value) => go({ status: value })} />
          </Group>
          {shown.length > 0 ? (
            <WorkflowTable workflows={shown} />
          ) : (
            <EmptyState title="No workflow fits">Look for something else, or choose another status.</EmptyState>
          )}
        </>
      )}
      <LoadMore of={list} />
    </Page>
  );
}
