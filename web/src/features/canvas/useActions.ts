import { useMemo } from "react";
import type { CanvasActions } from "./context";
import type { FlowCanvasProps } from "./types";
import type { Link } from "./useLink";

type Roving = { tabStop: string; focused: (node: string) => void };

const nothing = () => {};

/** What cards and edges can ask for, as one value that changes only with its parts. */
export function useActions(
  props: FlowCanvasProps,
  roving: Roving,
  drag: { lit?: string } | null,
  link: Link,
): CanvasActions {
  const { onSelect, onOpen, onInsert, onAddTrigger, onConnect, onNoting, onNote } = props;
  const { renaming, onRenaming, onRename } = props;
  const { tabStop, focused } = roving;
  const lit = drag?.lit;
  const target = link.drawn?.target;
  const begin = onConnect && link.begin;
  const dragging = drag !== null;
  return useMemo(
    () => ({
      tabStop,
      focused,
      select: onSelect ?? nothing,
      open: onOpen ?? onSelect ?? nothing,
      insert: onInsert,
      addTrigger: onAddTrigger,
      writeNote: onNoting,
      noted: onNote,
      renaming,
      rename: onRenaming,
      renamed: onRename,
      link: begin,
      target,
      lit,
      dragging,
    }),
    [
      tabStop,
      focused,
      onSelect,
      onOpen,
      onInsert,
      onAddTrigger,
      onNoting,
      onNote,
      renaming,
      onRenaming,
      onRename,
      begin,
      target,
      lit,
      dragging,
    ],
  );
}
