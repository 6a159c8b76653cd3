import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { Redo2, Undo2 } from "lucide-react";

type Props = { undo: string | null; redo: string | null; onUndo: () => void; onRedo: () => void };

/** Takes back and does again; says what. A label of null: there is nothing. */
export function UndoButtons({ undo, redo, onUndo, onRedo }: Props) {
  return (
    <Group gap={2} wrap="nowrap">
      <OneWay icon={Undo2} verb="Undo" what={undo} onClick={onUndo} />
      <OneWay icon={Redo2} verb="Redo" what={redo} onClick={onRedo} />
    </Group>
  );
}

type WayProps = { icon: typeof Undo2; verb: string; what: string | null; onClick: () => void };

function OneWay({ icon: Icon, verb, what, onClick }: WayProps) {
  const words = what ? `${verb}: ${what}` : verb;
  return (
    <Tooltip label={what ? words : `Nothing to ${verb.toLowerCase()}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={words}
        data-disabled={!what || undefined}
        aria-disabled={!what}
        onClick={() => what && onClick()}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
