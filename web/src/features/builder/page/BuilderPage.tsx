import { Box, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FileWarning } from "lucide-react";
import { readDefinition } from "@/graph";
import { EmptyState, Page, ProblemAlert } from "@/shared";
import { specsQuery, workflowQuery } from "../queries";
import { Builder } from "./Builder";

const route = getRouteApi("/inside/workflows/$key");

/** The page of one workflow, where it is drawn. */
export function BuilderPage() {
  const { key } = route.useParams();
  const workflow = useQuery({ ...workflowQuery(key), refetchOnMount: "always" });
  const specs = useQuery(specsQuery());
  const problem = workflow.data ? specs.error : (workflow.error ?? specs.error);
  if (problem) {
    const retry = () => void Promise.all([workflow.refetch(), specs.refetch()]);
    return (
      <Page title={key} crumbs={[{ to: "/workflows", label: "Workflows" }]}>
        <ProblemAlert problem={problem} retry={retry} />
      </Page>
    );
  }
  if (!workflow.data || !specs.data || !workflow.isFetchedAfterMount) return <Waiting />;
  const read = readDefinition(workflow.data.draft.definition);
  if ("undrawable" in read) {
    return (
      <Page title={workflow.data.name} crumbs={[{ to: "/workflows", label: "Workflows" }]}>
        <EmptyState icon={FileWarning} title="This draft cannot be drawn">
          {read.undrawable.message}. Mend it through the API, or publish an earlier version again.
        </EmptyState>
      </Page>
    );
  }
  return <Builder key={key} workflow={workflow.data} saved={read.definition} specs={specs.data} />;
}

function Waiting() {
  return (
    <Box p="md" aria-label="Loading the workflow" role="status">
      <Skeleton height={36} mb="md" />
      <Skeleton height="60vh" />
    </Box>
  );
}
