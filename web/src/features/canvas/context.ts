import { createContext, useContext } from "react";
import type { Selection, Slot } from "@/graph";

/** What cards and edges ask of the canvas that they are on. */
export type CanvasActions = {
  /** The id of the node that is the canvas' one tab stop. */
  readonly tabStop: string;
  readonly select: (selection: Selection) => void;
  readonly open: (selection: Selection) => void;
  readonly insert?: (slot: Slot) => void;
  readonly addTrigger?: () => void;
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
