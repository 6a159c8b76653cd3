import {
  Ban,
  Check,
  CircleHelp,
  CirclePause,
  CircleSlash2,
  Clock,
  DoorOpen,
  Flag,
  FlaskConicalOff,
  Hand,
  LoaderCircle,
  type LucideIcon,
  SkipForward,
  TriangleAlert,
  X,
} from "lucide-react";
import css from "./cards.module.css";
import type { StepOverlay, StepState } from "./types";
import { stateWord } from "./words";

const icons: Record<StepState, LucideIcon> = {
  done: Check,
  active: LoaderCircle,
  waiting: Clock,
  failed: X,
  held: Hand,
  skipped: SkipForward,
  suppressed: Ban,
  dropped: CirclePause,
  unknown: CircleHelp,
  exited: DoorOpen,
  canceled: Ban,
  untested: FlaskConicalOff,
  partly: CircleSlash2,
  expected: Flag,
  diverged: TriangleAlert,
};

/** The state of a step and a number, as a badge: icon, colour and, for who points at it, the word. */
export function StateMark({ overlay: { state, count } }: { overlay: StepOverlay }) {
  const Icon = state && (icons[state] ?? CircleHelp);
  if (!Icon && count === undefined) return null;
  return (
    <span className={css.state} data-state={state} title={state && stateWord(state)} data-count={count}>
      {Icon && <Icon size={14} aria-hidden className={state === "active" ? css.spin : undefined} />}
    </span>
  );
}
