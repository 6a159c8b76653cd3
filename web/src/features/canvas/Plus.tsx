import { Plus as PlusIcon } from "lucide-react";
import { edgeKey, type Slot } from "@/graph";
import { useCanvas } from "./context";
import css from "./edges.module.css";

type Props = { slot: Slot; words: string; end?: boolean };

/** Asks for a step at a place. No tab stop: A on a card does the same. */
export function Plus({ slot, words, end }: Props) {
  const { insert, lit } = useCanvas();
  const key = edgeKey(slot);
  return (
    <button
      type="button"
      className={`${css.plus} ${end ? css.plusEnd : ""} nodrag nopan`}
      data-slot={key}
      data-lit={lit === key || undefined}
      tabIndex={-1}
      aria-label={words}
      title="Insert a step"
      onClick={() => insert?.(slot)}
    >
      <PlusIcon size={16} aria-hidden />
    </button>
  );
}
