import { Pill } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { countedWords } from "../counted";
import type { changeFilter, Filter } from "../filter";
import { workflowNamesQuery } from "../queries";
import { stepNamesQuery } from "../stepNames";

type Props = { filter: Filter; change: (part: Parameters<typeof changeFilter>[1]) => void };

/** What of a filter came from a figure, each part in words and with a way to take it away. */
export function CountedPills({ filter, change }: Props) {
  const { data: workflows = [] } = useQuery(workflowNamesQuery);
  const { workflow = "", step } = filter;
  const newest = workflows.find((w) => w.key === workflow)?.version ?? 0;
  const { data: steps = [] } = useQuery(stepNamesQuery(workflow, step ? (filter.version ?? newest) : 0));
  const title = steps.find((s) => s.value === step)?.label ?? step ?? "";
  return countedWords(filter, title).map(({ words, without }) => (
    <Pill
      key={words}
      size="lg"
      withRemoveButton
      onRemove={() => change(without)}
      removeButtonProps={{ "aria-label": `Without: ${words}`, "aria-hidden": false, tabIndex: 0 }}
    >
      {words}
    </Pill>
  ));
}
