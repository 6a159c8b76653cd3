import { List, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemAlert, SeenValues } from "@/shared";
import { explainQuery, workflowsToChooseQuery } from "./queries";
import { Section } from "./Section";

/** Answers why a contact is in a workflow, or why not, for a workflow that is chosen. */
export function WhyNot({ contact }: { contact: string }) {
  const [workflow, setWorkflow] = useState<string | null>(null);
  const { data: workflows = [] } = useQuery(workflowsToChooseQuery);
  const { data: why, error, isPending } = useQuery(explainQuery(contact, workflow));
  return (
    <Section title="Why in, why not?">
      <Stack gap="xs">
        <Select
          aria-label="Workflow to explain"
          placeholder="Choose a workflow"
          data={workflows.map(({ value, label }) => ({ value, label }))}
          searchable
          value={workflow}
          onChange={setWorkflow}
        />
        <ProblemAlert problem={error} />
        {workflow && isPending && <Skeleton height={60} />}
        {why && (
          <>
            <Text size="sm" fw={600}>
              {why.inside ? "The contact is inside." : "The contact is not inside."}
            </Text>
            <List size="sm" spacing={6}>
              {why.why_in.map((w) => (
                <Reason key={w.enrollment.id} sentence={w.sentence} values={w.values} />
              ))}
              {why.why_here.map((w) => (
                <Reason key={w.enrollment} sentence={w.sentence} />
              ))}
              {why.why_not.map((w, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: reasons have an order and no identity
                <Reason key={i} sentence={w.sentence} values={w.values} />
              ))}
            </List>
          </>
        )}
      </Stack>
    </Section>
  );
}

type Values = Parameters<typeof SeenValues>[0]["values"];

function Reason({ sentence, values = [] }: { sentence: string; values?: Values | undefined }) {
  return (
    <List.Item>
      {sentence}
      <SeenValues values={values} />
    </List.Item>
  );
}
