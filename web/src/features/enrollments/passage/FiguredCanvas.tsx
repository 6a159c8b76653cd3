import { useMemo } from "react";
import { FigureBar, useFigureLayer } from "@/features/figures";
import type { Range } from "@/features/figures/search";
import { PassageCanvas, type PassageCanvasProps } from "./PassageCanvas";
import classes from "./PassageView.module.css";

type Props = PassageCanvasProps & {
  workflow: string;
  version: number;
  range: Range;
  onRange: (range: Range) => void;
  onClose: () => void;
};

/** The path of an enrollment with the figures of everybody in its version over it. */
export function FiguredCanvas({ workflow, version, range: given, onRange, onClose, ...canvas }: Props) {
  const { range, from, to } = given;
  const layer = useMemo(() => ({ range, from, to, version }), [range, from, to, version]);
  const figures = useFigureLayer(workflow, canvas.definition, canvas.specs, layer);
  return (
    <div className={classes.figured}>
      <FigureBar
        workflow={workflow}
        definition={canvas.definition}
        specs={canvas.specs}
        layer={layer}
        newest={version}
        onRange={onRange}
        onClose={onClose}
      />
      <div>
        <PassageCanvas {...canvas} figures={figures} />
      </div>
    </div>
  );
}
