import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Overlay, StepOverlay } from "@/features/canvas";
import { type Definition, graphOf, type Specs } from "@/graph";
import { percent } from "@/shared";
import { type CanvasFigures, onCanvas, stepFigureWords } from "../onCanvas";
import { type Analytics, analyticsQuery } from "../queries";
import type { Range } from "../search";
import { useAsked } from "../useFigures";
import { StepFoot } from "./StepFoot";
import { leadsSomewhere, WayCount } from "./WayCount";

/** What is asked for: whose figures, of which days and version; null: no figures are shown. */
export type Layer = (Range & { version?: number }) | null;

/** The figures of a workflow over its drawing. */
export function useFigureLayer(workflow: string, definition: Definition, specs: Specs, layer: Layer): Overlay | null {
  const asked = useAsked(layer ?? {});
  const { data } = useQuery(analyticsQuery(workflow, layer ? asked : undefined, layer?.version));
  return useMemo(() => {
    if (!layer) return null;
    // Until the figures are there, nothing is drawn over; what is edited would jump.
    if (!data) return { nodes: {}, edges: new Set<string>(), dim: false };
    return overlayOf(data, onCanvas(data, graphOf(definition, specs)));
  }, [layer, data, definition, specs]);
}

function overlayOf(a: Analytics, { nodes, ways, worst }: CanvasFigures): Overlay {
  const steps = Object.entries(nodes).map(([id, figures]): [string, StepOverlay] => [
    id,
    {
      label: stepFigureWords(figures, id === worst),
      foot: <StepFoot figures={figures} of={a} />,
      ...(id === worst && figures.drop_off !== null && { alarm: percent(figures.drop_off) }),
    },
  ]);
  const labels = Object.entries(ways).map(([key, figures]) => [
    key,
    <WayCount key={key} way={key} figures={figures} of={a} />,
  ]);
  return {
    nodes: Object.fromEntries(steps),
    edges: new Set(),
    edgeLabels: Object.fromEntries(labels),
    ways: new Set(Object.keys(ways).filter((key) => leadsSomewhere(ways[key]))),
    dim: false,
  };
}
