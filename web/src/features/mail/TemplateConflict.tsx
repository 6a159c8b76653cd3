import { Alert, Button, Group, Text } from "@mantine/core";
import { GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { ProblemAlert } from "@/shared";

type Props = { theirs: () => Promise<void>; mine: () => void };

/** Somebody else saved the template meanwhile: nothing is overwritten before a person has chosen. */
export function TemplateConflict({ theirs, mine }: Props) {
  const [problem, setProblem] = useState<unknown>(null);
  return (
    <Alert color="red" variant="light" icon={<GitCompareArrows size={18} aria-hidden />} role="alert">
      <Text size="sm">This template was changed elsewhere. Your changes are on this page and are not saved yet.</Text>
      <ProblemAlert problem={problem} />
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" variant="default" onClick={() => void theirs().catch(setProblem)}>
          Show theirs, lose mine
        </Button>
        <Button size="compact-sm" color="red" onClick={mine}>
          Save mine over theirs
        </Button>
      </Group>
    </Alert>
  );
}
