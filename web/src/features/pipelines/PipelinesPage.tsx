import { Select, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Kanban } from "lucide-react";
import { EmptyState, Page, ProblemAlert } from "@/shared";
import { Board } from "./Board";
import { NewDeal } from "./NewDeal";
import { NewPipeline } from "./NewPipeline";
import { pipelinesQuery } from "./queries";

/** The deals of a pipeline by stage. */
export function PipelinesPage() {
  const { data, error, isPending, refetch } = useQuery(pipelinesQuery());
  const search = useSearch({ from: "/inside/pipelines" });
  const navigate = useNavigate({ from: "/pipelines" });
  const pipeline = data?.items.find((p) => p.key === search.pipeline) ?? data?.items[0];
  const make = <NewPipeline onMade={(key) => void navigate({ search: { pipeline: key } })} />;
  return (
    <Page
      wide
      title="Pipelines"
      description="Moving a deal is an event: workflows that name it hear of it."
      actions={
        <>
          {data && data.items.length > 1 && (
            <Select
              aria-label="Pipeline"
              data={data.items.map((p) => ({ value: p.key, label: p.name }))}
              value={pipeline?.key ?? null}
              allowDeselect={false}
              onChange={(key) => key && void navigate({ search: { pipeline: key } })}
            />
          )}
          {pipeline && <NewDeal pipeline={pipeline} />}
          {pipeline && make}
        </>
      }
    >
      {isPending && <Skeleton height={320} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {data && !pipeline && (
        <EmptyState icon={Kanban} title="No pipeline yet" action={make}>
          A pipeline has stages that deals pass through. Workflows can create deals, move them, and begin when one is
          moved.
        </EmptyState>
      )}
      {pipeline && <Board pipeline={pipeline} key={pipeline.key} />}
    </Page>
  );
}
