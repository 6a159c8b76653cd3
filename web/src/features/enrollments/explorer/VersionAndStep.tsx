import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { changeFilter, Filter } from "../filter";
import { workflowNamesQuery } from "../queries";
import { stepNamesQuery } from "../stepNames";

type Props = { workflow: string; filter: Filter; change: (part: Parameters<typeof changeFilter>[1]) => void };

/** Narrows one workflow down to a version and a step. */
export function VersionAndStep({ workflow, filter, change }: Props) {
  const { data: workflows = [] } = useQuery(workflowNamesQuery);
  const newest = workflows.find((w) => w.key === workflow)?.version ?? filter.version ?? 0;
  const { data: steps = [] } = useQuery(stepNamesQuery(workflow, filter.version ?? newest));
  const versions = Array.from({ length: newest }, (_, i) => String(newest - i));
  const options = [...steps];
  if (filter.node && !options.some((o) => o.value === filter.node)) {
    options.push({ value: filter.node, label: filter.node });
  }
  return (
    <>
      <Select
        aria-label="Version"
        placeholder="Any version"
        data={versions.map((n) => ({ value: n, label: `Version ${n}` }))}
        clearable
        value={filter.version ? String(filter.version) : null}
        onChange={(v) => change({ version: v ? Number(v) : undefined })}
        w={130}
      />
      <Select
        aria-label="Step"
        placeholder="Any step"
        data={options}
        searchable
        clearable
        value={filter.node ?? null}
        onChange={(v) => change({ node: v ?? undefined })}
        w={170}
      />
    </>
  );
}
