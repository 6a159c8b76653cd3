import type { NodeProps } from "@xyflow/react";
import { CircleAlert, Plus, Zap } from "lucide-react";
import { memo, useMemo } from "react";
import { Card } from "./Card";
import css from "./cards.module.css";
import { useCanvas } from "./context";
import { Ends } from "./Ends";
import type { AddTriggerNode, TriggerNode } from "./elements";

/** A trigger, on top of everything. */
export const TriggerCard = memo(function TriggerCard({ id, data: { view } }: NodeProps<TriggerNode>) {
  const selection = useMemo(() => ({ kind: "trigger" as const, id: view.id }), [view.id]);
  return (
    <Card
      node={id}
      selection={selection}
      words={view.words}
      selected={view.selected}
      className={`${css.trigger} ${view.dim ? css.dim : ""}`}
    >
      <span className={css.icon}>
        <Zap size={16} aria-hidden />
      </span>
      <span className={css.text}>
        <span className={css.title}>{view.title}</span>{" "}
        {view.summary !== view.title && <span className={css.summary}>{view.summary}</span>}
      </span>
      {view.problems > 0 && (
        <span className={css.marks}>
          <span className={css.problem} title={`${view.problems} to finish`} data-count={view.problems}>
            <CircleAlert size={14} aria-hidden />
          </span>
        </span>
      )}
    </Card>
  );
});

/** The place of the first trigger, or the button for one more. */
export const AddTriggerCard = memo(function AddTriggerCard({ id, data }: NodeProps<AddTriggerNode>) {
  const { addTrigger, tabStop, focused } = useCanvas();
  if (!addTrigger) {
    return (
      <div className={css.noTrigger}>
        No trigger
        <Ends />
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className={`${css.addTrigger} nodrag`}
        data-node={id}
        tabIndex={tabStop === id ? 0 : -1}
        aria-label="Add a trigger"
        onClick={addTrigger}
        onFocus={() => focused(id)}
      >
        <Plus size={16} aria-hidden />
        {data.first && "Add a trigger"}
      </button>
      <Ends />
    </>
  );
});
