import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { changeFilter, type Filter, isFiltered, statuses } from "../filter";
import { workflowNamesQuery } from "../queries";
import { CountedPills } from "./CountedPills";
import { VersionAndStep } from "./VersionAndStep";

type Props = { filter: Filter; onChange: (filter: Filter) => void };

const kinds = [
  { value: "false", label: "Real only" },
  { value: "true", label: "Tests only" },
];

/** Says which enrollments are shown. */
export function FilterBar({ filter, onChange }: Props) {
  const { data: workflows = [] } = useQuery(workflowNamesQuery);
  const change = (part: Parameters<typeof changeFilter>[1]) => onChange(changeFilter(filter, part));
  const names = workflows.map((w) => ({ value: w.key, label: w.name }));
  if (filter.workflow && !names.some((n) => n.value === filter.workflow)) {
    names.push({ value: filter.workflow, label: filter.workflow });
  }
  return (
    <Group gap="xs" mb="md" align="flex-end" role="search" aria-label="Filter enrollments">
      <Select
        aria-label="Workflow"
        placeholder="All workflows"
        data={names}
        searchable
        clearable
        value={filter.workflow ?? null}
        onChange={(v) => change({ workflow: v ?? undefined })}
        w={210}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        data={[...statuses]}
        clearable
        value={filter.status ?? null}
        onChange={(v) => change({ status: statuses.find((s) => s === v) })}
        w={140}
      />
      {filter.workflow && <VersionAndStep workflow={filter.workflow} filter={filter} change={change} />}
      <ContactField value={filter.contact ?? ""} onChange={(v) => change({ contact: v || undefined })} />
      <Select
        aria-label="Tests"
        placeholder="Real and tests"
        data={kinds}
        clearable
        value={filter.test === undefined ? null : String(filter.test)}
        onChange={(v) => change({ test: v === null ? undefined : v === "true" })}
        w={150}
      />
      <CountedPills filter={filter} change={change} />
      {isFiltered(filter) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </Group>
  );
}

/** Takes a mail address or an id; the list follows when the typing rests. */
function ContactField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const later = useDebouncedCallback((v: string) => onChange(v.trim()), 500);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      aria-label="Contact"
      placeholder="Mail address or id"
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value);
        later(e.currentTarget.value);
      }}
      w={210}
    />
  );
}
