import { useMemo } from "react";
import type { Schemas } from "@/api";
import { FlowCanvas, type Overlay } from "@/features/canvas";
import type { Definition, Specs } from "@/graph";
import { overlayOf, withFigures } from "./overlay";
import type { Passage } from "./passage";

export type PassageCanvasProps = {
  definition: Definition;
  specs: Specs;
  summaries: Schemas["Summaries"];
  passage: Passage;
  labels?: Readonly<Record<string, string>>;
  /** Figures of the same version, over the path. */
  figures?: Overlay | null;
  selected: string | null;
  onSelect: (node: string | null) => void;
};

/** A definition with the path that was taken; the rest steps back. */
export function PassageCanvas({
  definition,
  specs,
  summaries,
  passage,
  labels,
  figures,
  selected,
  onSelect,
}: PassageCanvasProps) {
  const path = useMemo(() => overlayOf(passage, labels), [passage, labels]);
  const overlay = useMemo(() => (figures ? withFigures(path, figures) : path), [path, figures]);
  const selection = useMemo(() => (selected ? ({ kind: "step", id: selected } as const) : null), [selected]);
  return (
    <FlowCanvas
      definition={definition}
      specs={specs}
      summaries={summaries}
      overlay={overlay}
      selection={selection}
      onSelect={(chosen) => onSelect(chosen && "id" in chosen && chosen.kind === "step" ? chosen.id : null)}
      label="The path of the enrollment"
    />
  );
}
