import type { Overlay } from "@/features/canvas";
import type { Definition, Specs } from "@/graph";

/** What the panels that run a draft need of the builder. */
export type RunPanelProps = {
  workflow: string;
  /** The draft on the screen. */
  definition: Definition;
  specs: Specs;
  /** Waits until the draft on the screen is saved; what runs is what the server holds. */
  whenSaved: () => Promise<unknown>;
  /** Shows what happens on the canvas; null for nothing. */
  onOverlay: (overlay: Overlay | null) => void;
  /** The step that is selected on the canvas. */
  selected: string | null;
  /** Brings a step into view on the canvas. */
  onSelect: (node: string) => void;
};
