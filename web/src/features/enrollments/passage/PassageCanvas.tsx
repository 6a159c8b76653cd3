import { useMemo } from "react";
import type { Schemas } from "@/api";
import { FlowCanvas } from "@/features/canvas";
import type { Definition, Specs } from "@/graph";
import { overlayOf } from "./overlay";
import type { Passage } from "./passage";

type Props = {
  definition: Definition;
  specs: Specs;
  summaries: Schemas["Summaries"];
  passage: Passage;
  labels?: Readonly<Record<string, string>>;
  selected: string | null;
  onSelect: (node: string | null) => void;
};

/** A definition with the path that was taken; the rest steps back. */
export function PassageCanvas({ definition, specs, summaries, passage, labels, selected, onSelect }: Props) {
  const overlay = useMemo(() => overlayOf(passage, labels), [passage, labels]);
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
