import { ActionIcon, Group } from "@mantine/core";
import { ArrowDown, ArrowUp, X } from "lucide-react";

type Props = {
  name: string;
  onRemove?: (() => void) | undefined;
  onMove?: ((by: 1 | -1) => void) | undefined;
};

/** Moves a rule among its neighbours and removes it. */
export function RuleTools({ name, onRemove, onMove }: Props) {
  const common = { variant: "subtle", color: "gray", size: 26 } as const;
  return (
    <Group gap={0} wrap="nowrap">
      {onMove && (
        <>
          <ActionIcon {...common} aria-label={`Move ${name} up`} onClick={() => onMove(-1)}>
            <ArrowUp size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon {...common} aria-label={`Move ${name} down`} onClick={() => onMove(1)}>
            <ArrowDown size={14} aria-hidden />
          </ActionIcon>
        </>
      )}
      {onRemove && (
        <ActionIcon {...common} aria-label={`Remove ${name}`} onClick={onRemove}>
          <X size={14} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
