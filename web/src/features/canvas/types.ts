import type { ReactNode } from "react";
import type { Schemas } from "@/api";
import type { Definition, Selection, Slot, Specs } from "@/graph";

/** How a step stands in what is followed; other words are shown as they are. */
export type StepState =
  | "done"
  | "active"
  | "waiting"
  | "failed"
  | "held"
  | "skipped"
  | "suppressed"
  | "dropped"
  | "unknown"
  | "exited"
  | "canceled"
  /** Of tests: none comes here; none leaves by some way; expected, but not come to; come to otherwise. */
  | "untested"
  | "partly"
  | "expected"
  | "diverged";

/** What is shown over a step. */
export type StepOverlay = {
  readonly state?: StepState;
  /** A few words on the card: "Waiting until 9 March, 09:00". */
  readonly label?: string;
  /** A number on the card: visits, contacts. */
  readonly count?: number;
  /** What stands at the foot of the card in place of a line of text; `label` says the same in words. */
  readonly foot?: ReactNode;
  /** Few words that mark the card among the others. */
  readonly alarm?: string;
};

/** What is shown over a definition: a passage, a rehearsal, figures. */
export type Overlay = {
  readonly nodes: Readonly<Record<string, StepOverlay>>;
  /** Keys of travelled edges (`edgeKey`); `trigger:id` is the way of a trigger. They draw themselves. */
  readonly edges: ReadonlySet<string>;
  /** Keys of edges that nothing travelled although something might: marked by their strokes. */
  readonly missed?: ReadonlySet<string>;
  /** What stands on edges, by key. */
  readonly edgeLabels?: Readonly<Record<string, ReactNode>>;
  /** Keys of the edges on which stands what can have the focus: arrows lead over them. */
  readonly ways?: ReadonlySet<string>;
  /** Whether everything that is not in `nodes` and `edges` steps back; true unless said. */
  readonly dim?: boolean;
};

export type FlowCanvasProps = {
  readonly definition: Definition;
  readonly specs: Specs;
  /** One line for each card, from the server. */
  readonly summaries?: Schemas["Summaries"];
  /** From the server; a step with an error wears a badge. */
  readonly problems?: readonly Schemas["DefinitionProblem"][];
  /** Ids of steps whose badge is not shown yet: new ones that nobody has left so far. */
  readonly quiet?: ReadonlySet<string>;
  readonly selection?: Selection | null;
  readonly onSelect?: (selection: Selection | null) => void;
  /** Enter on a card, or a double click. Without it, Enter selects. */
  readonly onOpen?: (selection: Selection) => void;
  /**
   * Asks for a step at a place: the "+" buttons, and A on a card. Without it there are none. Where ways meet
   * again, `also` are those that are led to the step as well.
   */
  readonly onInsert?: (slot: Slot, also?: readonly Slot[]) => void;
  /** A way was dragged from its "+" to a step. Without it none can be. */
  readonly onConnect?: (slot: Slot, to: string) => void;
  readonly onAddTrigger?: () => void;
  /** A step was dragged to another edge. Without it nothing can be dragged. */
  readonly onMove?: (id: string, slot: Slot) => void;
  /** Delete or Backspace on a card. */
  readonly onRemove?: (selection: Selection) => void;
  readonly overlay?: Overlay;
  /** Whether the notes of steps stand beside their cards. */
  readonly notes?: boolean;
  /** The step whose note is being written. */
  readonly noting?: string | null;
  /** Begins to write the note of a step. Without it notes are read-only. */
  readonly onNoting?: (id: string) => void;
  /** The note of a step is written; null leaves it as it was. `byKey`: the focus was in it to the end. */
  readonly onNote?: (id: string, text: string | null, byKey: boolean) => void;
  /** The step whose name is being written on its card. */
  readonly renaming?: string | null;
  /** Begins to write the name of a step, by a double click. Without it names are read-only. */
  readonly onRenaming?: (id: string) => void;
  /** The name of a step is written; null leaves it as it was. `byKey`: the focus was in it to the end. */
  readonly onRename?: (id: string, name: string | null, byKey: boolean) => void;
  /** Said by screen readers when it changes: what an edit did. */
  readonly announcement?: string;
  /** The name of the canvas for screen readers. */
  readonly label?: string;
};

/** What the page can ask of a canvas, by ref. */
export type FlowCanvasHandle = {
  /** Shows everything. */
  fit(): void;
  /** Moves the camera only when the step is not in sight. */
  reveal(id: string): void;
  /** Reveals a step and puts the focus on its card. */
  focus(id: string): void;
};
