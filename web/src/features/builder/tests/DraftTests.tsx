import { Divider, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ProblemAlert } from "@/shared";
import { useBuilder, useDefinition } from "../page/context";
import { validateDraft, workflowKey } from "../queries";
import { TestResults } from "./TestResults";

/** The tests that stand in the definition, run on the draft that the server holds. */
export function DraftTests() {
  const { workflow, specs, open } = useBuilder();
  const definition = useDefinition();
  const has = (definition.tests?.length ?? 0) > 0;
  const { data, error, refetch } = useQuery({
    queryKey: [...workflowKey(workflow.key), "tests", workflow.draft.etag],
    queryFn: () => validateDraft(workflow.key),
    enabled: has,
    placeholderData: (before) => before,
  });
  return (
    <Stack gap="sm" mt="lg" component="section" aria-label="Tests of the definition">
      <Divider />
      <Title order={3} size="h5">
        Tests of the definition
      </Title>
      {!has && (
        <Text size="sm" c="dimmed">
          It has none. Under <code>tests:</code> its YAML can describe contacts, events and what is expected; they run
          at each publish and stop it when they fail.
        </Text>
      )}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {has && !data && !error && <Skeleton height={80} />}
      {has && data && !data.tests && <Text size="sm">They run once nothing else is left to finish.</Text>}
      {has && data?.tests && (
        <TestResults
          report={data.tests}
          problems={data.problems}
          definition={definition}
          specs={specs}
          onOpen={(id) => open({ kind: "step", id })}
        />
      )}
    </Stack>
  );
}
