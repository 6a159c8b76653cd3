import css from "./edges.module.css";
import type { Drawn } from "./useLink";

/** The line from a "+" to the pointer that leads its way elsewhere. */
export function LinkLine({ drawn }: { drawn: Drawn }) {
  const { from, to, target } = drawn;
  return (
    <svg className={css.link} data-target={target !== undefined || undefined} aria-hidden="true">
      <path d={`M ${from.x} ${from.y} L ${to.x} ${to.y}`} />
      <circle cx={to.x} cy={to.y} r={5} />
    </svg>
  );
}
