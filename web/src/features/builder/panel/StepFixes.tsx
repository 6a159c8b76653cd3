import { Group } from "@mantine/core";
import { useBuilder } from "../page/context";
import { FixButton } from "../problems/FixButton";

/** The repairs that the server proposes for one step. */
export function StepFixes({ id }: { id: string }) {
  const { problems, revalidate, readOnly } = useBuilder();
  const fixes = problems.flatMap((p) => (p.node === id && p.fix ? [p.fix] : []));
  if (fixes.length === 0 || readOnly !== null) return null;
  return (
    <Group gap="xs">
      {fixes.map((fix) => (
        <FixButton key={JSON.stringify(fix)} fix={fix} onFixed={revalidate} />
      ))}
    </Group>
  );
}
