import { Button, Group, Menu, Paper, Text } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import { BatchDialog } from "../batch/BatchDialog";
import { type Choice, forbidden } from "../batch/batch";
import { isCounted } from "../counted";
import type { Enrollment, Filter } from "../filter";
import { type Action, actionNames, actions } from "../operate/actions";
import { CountOffer, useMany } from "./CountOffer";

type Props = {
  selected: readonly Enrollment[];
  filter: Filter;
  /** All that the filter selects are meant, not the rows alone. */
  all: boolean;
  onAll: () => void;
  /** Every row that is shown is selected, and there are more. */
  canAll: boolean;
  /** The rows are those whom a figure counts: all of them can be selected at once. */
  counted: boolean;
  onClear: () => void;
};

/** The actions for the rows that are selected, or for all that match the filter. */
export function BulkBar({ selected, filter, all, onAll, canAll, counted, onClear }: Props) {
  const [asked, setAsked] = useState<{ action: Action; choice: Choice } | null>(null);
  const choice: Choice = all ? { by: "filter", filter } : { by: "rows", rows: selected };
  return (
    <>
      {counted && selected.length === 0 && <CountOffer filter={filter} onAll={onAll} />}
      {selected.length > 0 && (
        <Paper withBorder p="xs" mb="sm" role="region" aria-label="Selected enrollments">
          <Group gap="xs">
            <Text size="sm" fw={600} role="status">
              {all ? <AllWords filter={filter} /> : `${selected.length} selected`}
            </Text>
            <ActionMenu choice={choice} onAction={(action) => setAsked({ action, choice })} />
            {canAll && !all && (
              <GuardedButton
                size="xs"
                variant="light"
                reason={forbidden("exit", { by: "filter", filter })}
                onClick={onAll}
              >
                {counted ? "Select all of this count" : "Select all that match the filter"}
              </GuardedButton>
            )}
            <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
              Clear selection
            </Button>
          </Group>
        </Paper>
      )}
      {asked && <BatchDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** How many match, counted by the server. */
function AllWords({ filter }: { filter: Filter }) {
  const many = useMany(filter);
  // Without a word about those who have ended, an order does not mean them.
  return <>{`All ${many} ${filter.status || isCounted(filter) ? "" : "active ones "}that match the filter`}</>;
}

function ActionMenu({ choice, onAction }: { choice: Choice; onAction: (action: Action) => void }) {
  const { lacks } = useSession();
  const scope = lacks("publisher");
  // Said to the menu: it would try to begin on its first entry, which cannot take the focus while it is disabled.
  const first = actionNames.find((name) => forbidden(name, choice) === null);
  return (
    <Menu position="bottom-start" width={300}>
      <Menu.Target>
        <Button size="xs" rightSection={<ChevronDown size={14} aria-hidden />}>
          Actions
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {scope && <Menu.Label>{scope}</Menu.Label>}
        {actionNames.map((name) => {
          const why = scope ?? forbidden(name, choice);
          return (
            <Menu.Item
              key={name}
              data-autofocus={name === first || undefined}
              disabled={why !== null}
              title={why ?? undefined}
              onClick={() => onAction(name)}
            >
              {actions[name].label} …{why && !scope && ` – ${why}`}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
