import { EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { FlaskConicalOff } from "lucide-react";
import { memo } from "react";
import type { Point } from "@/graph";
import { useCanvas } from "./context";
import css from "./edges.module.css";
import type { FlowEdge } from "./elements";
import { Plus } from "./Plus";
import { arrow, rounded } from "./rounded";

const at = ({ x, y }: Point) => ({ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` });

/** An edge with the name of its port and its "+". */
export const FlowEdgeView = memo(function FlowEdgeView({ id, data }: EdgeProps<FlowEdge>) {
  const { insert } = useCanvas();
  if (!data) return null;
  const { route, slot, label, stray, words, look, count } = data;
  const looks = [css.edge, css[`edge_${look}`], route.jump && css.jump, stray && css.stray];
  const open = slot !== undefined && route.points.at(-1) === route.plus;
  return (
    <>
      <path
        d={rounded(route.points)}
        className={looks.filter(Boolean).join(" ")}
        pathLength={look === "travelled" ? 1 : undefined}
        data-edge={id}
      />
      {route.jump && <path d={arrow(route.points)} className={`${css.arrow} ${css[`arrow_${look}`] ?? ""}`} />}
      <EdgeLabelRenderer>
        {(label !== undefined || count !== undefined) && (
          <span
            className={css.label}
            data-look={look}
            data-stray={stray || undefined}
            style={at(label === undefined ? route.plus : route.label)}
          >
            {look === "missed" && <FlaskConicalOff size={12} aria-hidden />}
            {label}
            {count !== undefined && (
              <span className={css.count} data-way={id}>
                {count}
              </span>
            )}
          </span>
        )}
        {insert && slot && !open && !stray && (
          <span className={css.plusAt} style={at(route.plus)}>
            <Plus slot={slot} words={words} />
          </span>
        )}
      </EdgeLabelRenderer>
    </>
  );
});
