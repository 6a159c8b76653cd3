import { MoveVertical } from "lucide-react";
import { edgeKey, graphOf, nodesOf, type Slot, slotOf, targetOf, whyNotMove } from "@/graph";
import { StepIcon } from "@/shared";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { allSlots, slotWords } from "../page/places";
import { among, type Choice, Chooser } from "./Chooser";

type Props = { onClose: () => void } & ({ id: string } | { slot: Slot });

/** Chooses where a step moves to, or which step a way leads to. */
export function PlaceDialog(props: Props) {
  return "id" in props ? <Move {...props} /> : <Connect {...props} />;
}

function Move({ id, onClose }: { id: string; onClose: () => void }) {
  const { actions, specs } = useBuilder();
  const definition = useDefinition();
  const name = (step: string) => stepName(step, nodesOf(definition)[step], specs);
  const choices = allSlots(definition, specs)
    .filter((slot) => slot.from !== id && targetOf(definition, specs, slot) !== id)
    .map((slot): Choice => {
      const before = targetOf(definition, specs, slot);
      return {
        id: edgeKey(slot),
        title: sentence(slotWords(slot, definition, specs)),
        icon: <MoveVertical size={16} />,
        description: before ? `before ${name(before)}` : "where nothing follows",
        reason: whyNotMove(definition, specs, id, slot),
      };
    });
  const pick = (key: string) => {
    onClose();
    actions.move(id, slotOf(key));
  };
  const names = {
    search: "Search places",
    list: "Places",
    placeholder: "Search places",
    none: "There is no such place.",
  };
  return <Chooser title={`Move ${name(id)}`} names={names} find={among(choices)} onPick={pick} onClose={onClose} />;
}

function Connect({ slot, onClose }: { slot: Slot; onClose: () => void }) {
  const { actions, specs } = useBuilder();
  const definition = useDefinition();
  const now = targetOf(definition, specs, slot);
  const nodes = nodesOf(definition);
  const steps = graphOf(definition, specs).order.filter((id) => id !== slot.from);
  const choices = steps.map(
    (id): Choice => ({
      id,
      title: stepName(id, nodes[id], specs),
      icon: <StepIcon name={specs.get(nodes[id]?.type ?? "")?.icon ?? ""} />,
      reason: id === now ? "It leads there already." : undefined,
    }),
  );
  const pick = (id: string) => {
    onClose();
    actions.connect(slot, id);
  };
  const names = { search: "Search steps", list: "Steps", placeholder: "Search steps", none: "There is no such step." };
  const title = `What follows ${slotWords(slot, definition, specs)}?`;
  return <Chooser title={title} names={names} find={among(choices)} onPick={pick} onClose={onClose} />;
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
