import { ENTRY, lastSlot, newNode, type Slot, whyNotInsert } from "@/graph";
import { useBuilder, useDefinition } from "../page/context";
import { slotWords } from "../page/places";
import { StepPicker } from "./StepPicker";

type Props = {
  slot: Slot | null;
  /** Further ways that are led to the new step. */
  also: readonly Slot[];
  onClose: () => void;
};

/** Chooses what stands at a place; without one, at the end of the main way. */
export function InsertDialog({ slot, also, onClose }: Props) {
  const { actions, specs } = useBuilder();
  const definition = useDefinition();
  const at = slot ?? (definition.start === undefined ? ENTRY : lastSlot(definition, specs));
  return (
    <StepPicker
      place={also.length > 0 ? "where the ways meet again" : slotWords(at, definition, specs)}
      specs={specs}
      whyNot={(spec) => whyNotInsert(definition, specs, at, newNode(spec))}
      onPick={(spec) => {
        onClose();
        actions.insert(at, spec, also);
      }}
      onClose={onClose}
    />
  );
}
