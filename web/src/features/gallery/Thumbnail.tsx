import type { Schemas } from "@/api";
import classes from "./gallery.module.css";
import { type Drawn, rows, targets } from "./rows";

const across = 64;
const down = 30;

function kind(type: string): string {
  if (["branch", "split"].includes(type)) return "decide";
  if (type.startsWith("wait") || type === "window" || type === "hold") return "wait";
  return type === "end" ? "end" : "act";
}

/** A small drawing of a workflow; the card says the rest in words. */
export function Thumbnail({ definition }: { definition: Schemas["Definition"] }) {
  const drawn = definition as Drawn;
  const places = rows(drawn);
  const at = new Map(places.map((p) => [p.id, { x: p.column * across, y: p.row * down }]));
  const width = Math.max(3, ...places.map((p) => Math.abs(p.column) * 2 + 1)) * across;
  const height = Math.max(5, ...places.map((p) => p.row + 1)) * down;
  return (
    <svg className={classes.thumbnail} viewBox={`${-width / 2} ${-down} ${width} ${height + down}`} aria-hidden="true">
      {places.flatMap((p) =>
        targets(drawn.nodes?.[p.id]?.next).map((to) => {
          const a = at.get(p.id);
          const b = at.get(to);
          if (!a || !b || b.y <= a.y) return null;
          const middle = (a.y + b.y) / 2;
          return (
            <path
              key={`${p.id} ${to}`}
              className={classes.edge}
              d={`M${a.x} ${a.y}C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y}`}
            />
          );
        }),
      )}
      {places.map((p) => (
        <rect
          key={p.id}
          className={classes.node}
          data-kind={kind(p.type)}
          x={p.column * across - 22}
          y={p.row * down - 8}
          width={44}
          height={16}
          rx={5}
        />
      ))}
    </svg>
  );
}
