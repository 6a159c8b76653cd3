import type { NodeProps } from "@xyflow/react";
import { CircleAlert, EyeOff, StickyNote, TrendingDown, TriangleAlert, Unlink } from "lucide-react";
import { memo, useMemo } from "react";
import { NameInput, StepIcon } from "@/shared";
import { Card } from "./Card";
import type { StepView } from "./cards";
import css from "./cards.module.css";
import { useCanvas } from "./context";
import type { StepNode } from "./elements";
import { StateMark } from "./StateMark";

/** A step: icon, own name or title, one line, problems, and what is shown over it. */
export const StepCard = memo(function StepCard({ id, data: { view } }: NodeProps<StepNode>) {
  const selection = useMemo(() => ({ kind: "step" as const, id: view.id }), [view.id]);
  const look = [css.step, view.disabled && css.disabled, view.dim && css.dim, !view.reachable && css.lost];
  const { state, foot, alarm } = view.overlay ?? {};
  const step = (
    <Card
      node={id}
      selection={selection}
      words={view.words}
      selected={view.selected}
      className={[...look, state && css[`is_${state}`], foot && css.footed, alarm && css.alarmed]
        .filter(Boolean)
        .join(" ")}
    >
      <span className={css.icon}>
        <StepIcon name={view.icon} />
      </span>
      <span className={css.text}>
        <span className={css.title}>{view.title}</span>{" "}
        {!foot && <span className={css.summary}>{view.overlay?.label ?? view.summary}</span>}
      </span>
      <span className={css.marks}>
        {alarm && (
          <span className={css.alarm}>
            <TrendingDown size={13} aria-hidden /> {alarm}
          </span>
        )}
        {view.overlay && <StateMark overlay={view.overlay} />}
        {view.problems > 0 && (
          <span className={css.problem} title={`${view.problems} to finish`} data-count={view.problems}>
            <CircleAlert size={14} aria-hidden />
          </span>
        )}
        {view.problems === 0 && view.warnings > 0 && (
          <span className={css.warning} title={`${view.warnings} to look at`}>
            <TriangleAlert size={14} aria-hidden />
          </span>
        )}
        {view.disabled && <EyeOff size={14} aria-hidden />}
        {!view.reachable && <Unlink size={14} aria-hidden />}
        {view.note && (
          <span title={view.note} className={css.noted}>
            <StickyNote size={14} aria-hidden />
          </span>
        )}
      </span>
    </Card>
  );
  return (
    <>
      {step}
      <Naming view={view} />
      {foot}
    </>
  );
});

/** The field for its name, while that is being written. It listens to the canvas so that the card need not. */
function Naming({ view }: { view: StepView }) {
  const { renaming, renamed } = useCanvas();
  if (renaming !== view.id) return null;
  return (
    <NameInput
      name={view.name}
      otherwise={view.title}
      className={`${css.naming} nodrag nopan`}
      onDone={(name, byKey) => renamed?.(view.id, name, byKey)}
    />
  );
}
