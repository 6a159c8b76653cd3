import { Alert, Button, Group, Text } from "@mantine/core";
import { GitCompareArrows } from "lucide-react";
import type { Definition } from "@/graph";
import { useBuilder } from "../page/context";
import type { Workflow } from "../queries";
import type { Autosaver } from "../saving/autosaver";

/** Somebody else saved the draft meanwhile: nothing is overwritten before a person has chosen. */
export function ConflictBanner({ saver }: { saver: Autosaver<Definition, Workflow> }) {
  const { ask } = useBuilder();
  return (
    <Alert color="red" variant="light" radius={0} p="xs" icon={<GitCompareArrows size={18} aria-hidden />} role="alert">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          This draft was changed elsewhere. Your changes are kept in this browser and are not saved yet.
        </Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => saver.choose("theirs")}>
            Reload
          </Button>
          <Button size="compact-sm" onClick={() => ask({ kind: "compare" })}>
            Compare
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
