import { Link } from "@tanstack/react-router";
import { Check, Clock, LogIn, type LucideIcon, TrendingDown, X } from "lucide-react";
import { number, short } from "../format";
import { peopleOf, type Who } from "../people";
import type { Analytics, NodeFigures } from "../queries";
import classes from "./layer.module.css";

type Look = { what: "entered" | "here" | "done" | "failed" | "lost"; icon: LucideIcon; words: string; always: boolean };

/** What is counted on a card, in its order. A nought says nothing, but of who came and who is done. */
export const looks: readonly Look[] = [
  { what: "entered", icon: LogIn, words: "entered", always: true },
  { what: "here", icon: Clock, words: "here now", always: false },
  { what: "done", icon: Check, words: "done", always: true },
  { what: "failed", icon: X, words: "failed", always: false },
  { what: "lost", icon: TrendingDown, words: "lost here", always: false },
];

const countOf = (n: NodeFigures, what: Look["what"]) =>
  ({ entered: n.entries, here: n.active_now, done: n.done, failed: n.failed, lost: n.lost })[what];

/** The counts of a step at the foot of its card; each leads to whom it means. */
export function StepFoot({ figures, of }: { figures: NodeFigures; of: Analytics }) {
  return (
    <div className={`${classes.foot} nodrag nopan`}>
      {looks.map((look) => {
        const n = countOf(figures, look.what);
        if (n === 0 && !look.always) return null;
        return <Count key={look.what} look={look} n={n} who={{ what: look.what, node: figures.node }} of={of} />;
      })}
    </div>
  );
}

function Count({ look: { what, icon: Icon, words }, n, who, of }: { look: Look; n: number; who: Who; of: Analytics }) {
  const inside = (
    <>
      <Icon size={13} aria-hidden />
      {short(n)}
    </>
  );
  const name = `${number(n)} ${words}`;
  if (n === 0) {
    return (
      <span className={classes.count} data-what={what} title={name}>
        {inside}
      </span>
    );
  }
  // No tab stop: the table of the dashboard leads to the same people.
  return (
    <Link
      to="/enrollments"
      search={peopleOf(of, who)}
      className={classes.count}
      data-what={what}
      title={`${name}: show them`}
      aria-label={name}
      tabIndex={-1}
    >
      {inside}
    </Link>
  );
}
