import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { workflowNamesQuery } from "../queries";
import { stepNamesQuery } from "../stepNames";
import type { Details } from "./actions";

/** Where a move may lead: the steps of one workflow, and its version; none: that of each. */
export type MoveScope = { workflow: string; version?: number; chooseVersion: boolean };

type Props = { scope: MoveScope; details: Details; onChange: (details: Details) => void };

/** The step that a move leads to and, for one enrollment, the version. */
export function MoveFields({ scope, details, onChange }: Props) {
  const { data: workflows = [] } = useQuery(workflowNamesQuery);
  const newest = workflows.find((w) => w.key === scope.workflow)?.version ?? 0;
  const version = details.version ?? scope.version ?? newest;
  const { data: steps = [] } = useQuery(stepNamesQuery(scope.workflow, version));
  const versions = Array.from({ length: newest }, (_, i) => newest - i);
  return (
    <>
      {scope.chooseVersion && versions.length > 1 && (
        <Select
          label="Version"
          data={versions.map((n) => ({
            value: String(n),
            label: `Version ${n}${n === scope.version ? ", which it runs" : ""}`,
          }))}
          allowDeselect={false}
          value={String(version)}
          onChange={(v) => onChange(v ? { version: Number(v) } : {})}
        />
      )}
      <Select
        label="Step"
        description={scope.chooseVersion ? undefined : "It is looked for in the version that each of them runs."}
        placeholder="Choose the step to begin"
        data={steps}
        searchable
        value={details.node ?? null}
        onChange={(node) => {
          const { node: _, ...rest } = details;
          onChange(node ? { ...rest, node } : rest);
        }}
      />
    </>
  );
}
