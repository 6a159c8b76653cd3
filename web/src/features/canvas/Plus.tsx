import { Plus as PlusIcon } from "lucide-react";
import { edgeKey, type Slot } from "@/graph";
import { useCanvas } from "./context";
import css from "./edges.module.css";

type Props = {
  slot: Slot;
  words: string;
  end?: boolean;
  /** Further ways that are led to the new step. */
  also?: readonly Slot[];
};

/**
 * Asks for a step at a place; dragged to a card, it leads its way there. No tab stop: keys on a card do the same.
 */
export function Plus({ slot, words, end, also }: Props) {
  const { insert, lit, link } = useCanvas();
  const leads = link !== undefined && also === undefined;
  const key = edgeKey(slot);
  return (
    <button
      type="button"
      className={`${css.plus} ${end ? css.plusEnd : ""} nodrag nopan`}
      data-slot={also === undefined ? key : undefined}
      data-lit={(lit === key && also === undefined) || undefined}
      tabIndex={-1}
      aria-label={words}
      title={leads ? "Insert a step. Drag to a step to lead there." : "Insert a step"}
      onPointerDown={leads ? (event) => link(slot, event) : undefined}
      onClick={() => (also ? insert?.(slot, also) : insert?.(slot))}
    >
      <PlusIcon size={16} aria-hidden />
    </button>
  );
}
