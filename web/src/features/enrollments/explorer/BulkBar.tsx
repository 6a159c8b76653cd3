import { Button, Group, Paper, Text } from "@mantine/core";
import { useState } from "react";
import { useSession } from "@/api";
import type { Enrollment } from "../filter";
import { type Action, actionNames, actions } from "../operate/actions";
import { OperateDialog } from "../operate/OperateDialog";

/** The actions for the rows that are selected. They are carried out one by one; the server judges each. */
export function BulkBar({ selected, onClear }: { selected: readonly Enrollment[]; onClear: () => void }) {
  const { may } = useSession();
  const [action, setAction] = useState<Action | null>(null);
  if (selected.length === 0) return null;
  const why = may("editor") ? undefined : "Needs the scope editor";
  return (
    <Paper withBorder p="xs" mb="sm" role="region" aria-label="Selected enrollments">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {selected.length} selected
        </Text>
        {actionNames.map((name) => (
          <Button
            key={name}
            size="xs"
            variant="default"
            disabled={why !== undefined}
            title={why}
            onClick={() => setAction(name)}
          >
            {actions[name].label}
          </Button>
        ))}
        <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
          Clear selection
        </Button>
      </Group>
      {action && <OperateDialog action={action} enrollments={selected} onClose={() => setAction(null)} />}
    </Paper>
  );
}
