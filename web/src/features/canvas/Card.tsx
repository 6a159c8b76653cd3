import { VisuallyHidden } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useCallback } from "react";
import type { Selection } from "@/graph";
import css from "./cards.module.css";
import { useCanvas } from "./context";
import { Ends } from "./Ends";

type Props = {
  /** The id of its node. */
  node: string;
  selection: Selection;
  words: string;
  selected: boolean;
  className: string;
  children: ReactNode;
};

/** What every card does: a click selects, Enter opens, a double click renames or opens, the focus roves. */
export function Card({ node, selection, words, selected, className, children }: Props) {
  const { tabStop, select, open, focused, target, rename } = useCanvas();
  const isTarget = selection.kind === "step" && selection.id === target;
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      open(selection);
    },
    [open, selection],
  );
  return (
    <>
      <button
        type="button"
        className={`${css.card} ${className}`}
        data-node={node}
        data-selected={selected || undefined}
        data-target={isTarget || undefined}
        tabIndex={tabStop === node ? 0 : -1}
        aria-current={selected || undefined}
        onClick={() => select(selection)}
        onDoubleClick={() => (selection.kind === "step" && rename ? rename(selection.id) : open(selection))}
        onKeyDown={onKeyDown}
        onFocus={() => focused(node)}
      >
        <VisuallyHidden>{words}</VisuallyHidden>
        <span className={css.face} aria-hidden>
          {children}
        </span>
      </button>
      <Ends />
    </>
  );
}
