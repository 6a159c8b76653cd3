import { Link } from "@tanstack/react-router";
import { slotOf } from "@/graph";
import { number } from "../format";
import { type WayFigures, wayWords } from "../onCanvas";
import { peopleOf } from "../people";
import type { Analytics } from "../queries";
import classes from "./layer.module.css";

/** Whether a count leads to people. */
export const leadsSomewhere = (figures: WayFigures | undefined) =>
  figures !== undefined && figures.count > 0 && figures.share !== null;

/** How many went a way; leads to them. Arrow keys on the canvas come to it. */
export function WayCount({ way, figures, of }: { way: string; figures: WayFigures; of: Analytics }) {
  const words = wayWords(figures);
  const { from, port } = slotOf(way);
  if (!leadsSomewhere(figures)) return <span>{words}</span>;
  const step = of.nodes.find((n) => n.node === from)?.title || from;
  return (
    <Link
      to="/enrollments"
      search={peopleOf(of, { what: "left", node: from, port })}
      className={`${classes.way} nodrag nopan`}
      title={`${number(figures.count)} left by “${port}”: show them`}
      aria-label={`${words} left ${step} by “${port}”: show them`}
      tabIndex={-1}
    >
      {words}
    </Link>
  );
}
