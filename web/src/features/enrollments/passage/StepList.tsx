import { Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Definition } from "@/graph";
import { type Step, settingsOf } from "./passage";
import { StepCard } from "./StepCard";
import classes from "./StepList.module.css";

type Props = {
  enrollment: string;
  steps: readonly Step[];
  definition: Definition;
  zone: string | undefined;
  /** The node that is selected, here and on the canvas. */
  selected: string | null;
  onSelect: (node: string | null) => void;
};

/** The visits of an enrollment in their order. The selected one is open and in view. */
export function StepList({ enrollment, steps, definition, zone, selected, onSelect }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const last = steps.findLast((s) => s.node === selected);
  const at = last ? `${last.node}.${last.visit}` : null;
  useEffect(() => {
    if (!at) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const card = list.current?.querySelector(`[data-step="${CSS.escape(at)}"]`);
    card?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }, [at]);
  if (steps.length === 0) {
    return <Text c="dimmed">No step has begun yet.</Text>;
  }
  return (
    <ol className={classes.list} ref={list} aria-label="Steps">
      {steps.map((step) => (
        <li key={`${step.node}.${step.visit}`} data-step={`${step.node}.${step.visit}`}>
          <StepCard
            enrollment={enrollment}
            step={step}
            zone={zone}
            settings={settingsOf(definition, step.node)}
            open={step.node === selected}
            onToggle={() => onSelect(step.node === selected ? null : step.node)}
          />
        </li>
      ))}
    </ol>
  );
}
