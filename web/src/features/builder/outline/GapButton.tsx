import { Plus } from "lucide-react";
import { memo } from "react";
import { edgeKey, type Gap } from "@/graph";
import { useBuilder } from "../page/context";
import classes from "./Outline.module.css";

type Props = { gap: Gap; words: string };

const named = ({ gap, words }: Props) => [words, ...[gap.slot, ...gap.also].map(edgeKey)].join(" ");

/** A place where a step can be added. */
export const GapButton = memo(
  function GapButton({ gap, words }: Props) {
    const { ask, readOnly } = useBuilder();
    if (readOnly !== null) return null;
    return (
      <button
        type="button"
        className={classes.gap}
        aria-label={words}
        title={words}
        onClick={() => ask({ kind: "pick", ...gap })}
      >
        <Plus size={16} aria-hidden />
      </button>
    );
  },
  (before, after) => named(before) === named(after),
);
