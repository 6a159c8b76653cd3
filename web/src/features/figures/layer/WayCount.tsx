import { Link } from "@tanstack/react-router";
import { slotOf } from "@/graph";
import { number } from "../format";
import { type WayFigures, wayWords } from "../onCanvas";
import { peopleOf } from "../people";
import type { Analytics } from "../queries";
import classes from "./layer.module.css";

/** How many went a way; leads to them. */
export function WayCount({ way, figures, of }: { way: string; figures: WayFigures; of: Analytics }) {
  const words = wayWords(figures);
  const { from, port } = slotOf(way);
  if (figures.count === 0 || figures.share === null) return <span>{words}</span>;
  return (
    <Link
      to="/enrollments"
      search={peopleOf(of, { what: "left", node: from, port })}
      className={`${classes.way} nodrag nopan`}
      title={`${number(figures.count)} left by “${port}”: show them`}
      tabIndex={-1}
    >
      {words}
    </Link>
  );
}
