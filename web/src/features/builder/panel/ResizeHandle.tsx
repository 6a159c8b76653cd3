import type { KeyboardEvent, PointerEvent } from "react";
import classes from "./SidePanel.module.css";
import { panelWidths } from "./usePanelWidth";

type Props = { width: number; onChange: (width: number) => void };

const { least, most } = panelWidths;

/** Makes the panel wider or narrower, by dragging or with the arrow keys. */
export function ResizeHandle({ width, onChange }: Props) {
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? innerWidth;
    onChange(right - event.clientX);
  };
  const keys: Record<string, number> = { ArrowLeft: width + 24, ArrowRight: width - 24, Home: most, End: least };
  const press = (event: KeyboardEvent) => {
    const next = keys[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no hr
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuenow={Math.round(width)}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      className={classes.handle}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    />
  );
}
