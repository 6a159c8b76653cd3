import type { NodeSpec, Specs } from "@/graph";
import { StepIcon } from "@/shared";
import { type Choice, Chooser } from "./Chooser";
import { searchSpecs } from "./search";

type Props = {
  /** Where the step goes, in words: "after Welcome". */
  place: string;
  specs: Specs;
  /** Why a type cannot stand there; undefined: it can. */
  whyNot: (spec: NodeSpec) => string | undefined;
  onPick: (spec: NodeSpec) => void;
  onClose: () => void;
};

const names = {
  search: "Search steps",
  list: "Types of steps",
  placeholder: "Search: email, wait, branch …",
  none: "No step is called so. Try another word.",
};

/** Chooses the type of a new step. */
export function StepPicker({ place, specs, whyNot, onPick, onClose }: Props) {
  const choiceOf = (spec: NodeSpec): Choice => ({
    id: spec.type,
    title: spec.title,
    description: spec.description,
    icon: <StepIcon name={spec.icon} />,
    reason: spec.available ? whyNot(spec) : "not available in this build",
  });
  const find = (query: string) =>
    searchSpecs(specs.values(), query).map((group) => ({ title: group.title, choices: group.specs.map(choiceOf) }));
  const pick = (type: string) => {
    const spec = specs.get(type);
    if (spec) onPick(spec);
  };
  return <Chooser title={`Add a step ${place}`} names={names} find={find} onPick={pick} onClose={onClose} />;
}
