import { Autocomplete, Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { EventFilter } from "./filter";
import { eventTypesQuery } from "./queries";
import { verdictNames } from "./words";

type Props = { filter: EventFilter; onChange: (filter: EventFilter) => void };

/** Says which events are shown. Texts take effect when the typing rests. */
export function EventFilters({ filter, onChange }: Props) {
  const [text, setText] = useState({ contact: filter.contact ?? "", type: filter.type ?? "" });
  const { data: types } = useQuery({ ...eventTypesQuery, retry: false });
  useEffect(() => setText({ contact: filter.contact ?? "", type: filter.type ?? "" }), [filter.contact, filter.type]);
  const later = useDebouncedCallback((t: typeof text) => {
    const contact = t.contact.trim();
    const type = t.type.trim();
    const { verdict } = filter;
    onChange({ ...(contact ? { contact } : {}), ...(type ? { type } : {}), ...(verdict ? { verdict } : {}) });
  }, 500);
  const change = (part: Partial<typeof text>) => {
    const next = { ...text, ...part };
    setText(next);
    later(next);
  };
  return (
    <Group gap="xs" mb="md" role="search" aria-label="Filter events">
      <TextInput
        aria-label="Contact"
        placeholder="Mail address or id"
        value={text.contact}
        onChange={(e) => change({ contact: e.currentTarget.value })}
        w={210}
      />
      <Autocomplete
        aria-label="Type"
        placeholder="Any type"
        data={(types?.items ?? []).map((t) => t.type)}
        value={text.type}
        onChange={(type) => change({ type })}
        w={210}
        limit={30}
      />
      <Select
        aria-label="Verdict"
        placeholder="Any verdict"
        data={[...verdictNames]}
        clearable
        value={filter.verdict ?? null}
        onChange={(v) => {
          const { verdict: _, ...rest } = filter;
          const verdict = verdictNames.find((name) => name === v);
          onChange(verdict ? { ...rest, verdict } : rest);
        }}
        w={150}
      />
      {Object.keys(filter).length > 0 && (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </Group>
  );
}
