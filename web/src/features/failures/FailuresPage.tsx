import { Button, Group, Select, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { workflowNamesQuery } from "@/features/enrollments";
import { EmptyState, ListFoot, LiveBadge, Page, ProblemAlert, useLive } from "@/shared";
import { GroupCard } from "./GroupCard";
import { type Asked, GroupDialog } from "./GroupDialog";
import { LatestJobs } from "./LatestJobs";
import { PausedWorkflows } from "./PausedWorkflows";
import { type Failure, keys, useFailures } from "./queries";

/** What failed and why, grouped by cause; what to mend, and how to go on for all at once. */
export function FailuresPage() {
  const { workflow, group } = useSearch({ from: "/inside/failures" });
  const navigate = useNavigate({ from: "/failures" });
  const list = useFailures(workflow);
  useLive({ enrollments: [keys.all], workflows: [["workflows"]] });
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const again = () => void client.invalidateQueries({ queryKey: keys.all });
  const open = list.items.filter((f) => f.open > 0);
  const rest = list.items.filter((f) => f.open === 0);
  const card = (failure: Failure) => (
    <GroupCard
      key={failure.fingerprint}
      failure={failure}
      onAsk={(action) => setAsked({ action, failure })}
      opened={group === failure.fingerprint && asked === null}
      onToggle={(on) =>
        void navigate({
          search: { ...(workflow && { workflow }), ...(on && { group: failure.fingerprint }) },
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
  return (
    <Page
      title="Failures"
      description="Steps that failed, grouped by their cause. Mend what a group names, then retry all of it."
      actions={<LiveBadge />}
    >
      <Stack gap="lg">
        <PausedWorkflows workflow={workflow} />
        <WorkflowFilter
          value={workflow}
          onChange={(next) => void navigate({ search: next ? { workflow: next } : {}, replace: true })}
        />
        {list.isPending && <Skeleton height={240} />}
        {list.error && <ProblemAlert problem={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && list.items.length === 0 && <NoFailure filtered={workflow !== undefined} />}
        <Section title="These wait for a person" items={open} card={card} />
        <Section title="Nothing is left to do for these" items={rest} card={card} />
        {list.items.length > 0 && (
          <ListFoot
            shown={list.items.length}
            one="group"
            many="groups"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        )}
        <LatestJobs workflow={workflow} />
      </Stack>
      {asked && (
        <GroupDialog
          {...asked}
          onEnd={again}
          onClose={() => {
            setAsked(null);
            again();
          }}
        />
      )}
    </Page>
  );
}

type SectionProps = { title: string; items: readonly Failure[]; card: (failure: Failure) => React.ReactNode };

function Section({ title, items, card }: SectionProps) {
  if (items.length === 0) return null;
  return (
    <Stack component="section" gap="sm" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {items.map(card)}
    </Stack>
  );
}

function WorkflowFilter({ value, onChange }: { value: string | undefined; onChange: (key: string | null) => void }) {
  const { data = [] } = useQuery(workflowNamesQuery);
  const names = data.map((w) => ({ value: w.key, label: w.name || w.key }));
  if (value && !names.some((w) => w.value === value)) names.push({ value, label: value });
  return (
    <Group role="search" aria-label="Filter failures">
      <Select
        aria-label="Workflow"
        placeholder="All workflows"
        data={names}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "All workflows" }}
        value={value ?? null}
        onChange={onChange}
        w={280}
      />
    </Group>
  );
}

function NoFailure({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      icon={ShieldCheck}
      title={filtered ? "Nothing has failed in this workflow" : "Nothing has failed"}
      action={
        <Button component={Link} to="/enrollments" variant="default">
          To the enrollments
        </Button>
      }
    >
      When a step fails for good, it stands here with its cause and everyone whom it hit, until it is mended.
    </EmptyState>
  );
}
