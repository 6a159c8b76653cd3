import { createContext, useContext } from "react";
import type { Selection, Slot } from "@/graph";
import type { Link } from "./useLink";

/** What cards and edges ask of the canvas that they are on. */
export type CanvasActions = {
  /** The id of the node that is the canvas' one tab stop. */
  readonly tabStop: string;
  readonly select: (selection: Selection) => void;
  readonly open: (selection: Selection) => void;
  readonly insert?: (slot: Slot, also?: readonly Slot[]) => void;
  /** Begins to lead a way elsewhere, by a pointer that was pressed on its "+". */
  readonly link?: Link["begin"];
  /** The id of the step that a dragged way would lead to. */
  readonly target?: string;
  readonly addTrigger?: () => void;
  /** Begins to write the note of a step. */
  readonly writeNote?: (id: string) => void;
  /** The note is written; null leaves it as it is. */
  readonly noted?: (id: string, text: string | null, byKey: boolean) => void;
  /** The step whose name is being written; rename begins, renamed ends as `noted` does. */
  readonly renaming?: string | null;
  readonly rename?: (id: string) => void;
  readonly renamed?: (id: string, name: string | null, byKey: boolean) => void;
  /** Remembers where the focus is. */
  readonly focused: (node: string) => void;
  /** The key of the edge under a dragged step. */
  readonly lit?: string;
  readonly dragging: boolean;
};

const nothing = () => {};

export const CanvasContext = createContext<CanvasActions>({
  tabStop: "",
  select: nothing,
  open: nothing,
  focused: nothing,
  dragging: false,
});

export const useCanvas = () => useContext(CanvasContext);
