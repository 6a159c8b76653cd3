import { useMemo } from "react";
import { StepIcon } from "@/shared";
import { useBuilder, useDefinition } from "../page/context";
import { focusStep } from "../page/focus";
import { type Choice, Chooser } from "../picker/Chooser";
import { foundWords, stepFinder } from "./find";

const names = {
  search: "Find a step",
  list: "Steps",
  placeholder: "Name, type, template, words of a setting or note",
  none: "No step fits. Look for other words.",
  count: foundWords,
};

/** Finds a step of the workflow on the screen by its name, type, settings or note, and goes there. */
export function StepFinder({ onClose }: { onClose: () => void }) {
  const { specs, summaries, open } = useBuilder();
  const definition = useDefinition();
  const look = useMemo(() => stepFinder(definition, specs, summaries.nodes), [definition, specs, summaries]);
  const find = (query: string) => {
    const choices = look(query).map(
      ({ id, title, icon, line }): Choice => ({ id, title, description: line, icon: <StepIcon name={icon} /> }),
    );
    return choices.length > 0 ? [{ title: "", choices }] : [];
  };
  const pick = (id: string) => {
    onClose();
    open({ kind: "step", id });
    focusStep(id);
  };
  return <Chooser title="Find a step" names={names} find={find} onPick={pick} onClose={onClose} />;
}
