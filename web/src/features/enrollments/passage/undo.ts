/** A line of what an undo did: what was taken back, or was not and why. */
export type UndoLine = {
  what: string;
  node: string;
  workflow: string;
  enrollment: string;
  reason: string;
  by: string;
};

/** The result of an undo. `more` says that not every line is listed. */
export type Undo = {
  workflow: string;
  enrollments: number;
  ended: number;
  undone: UndoLine[];
  left: UndoLine[];
  more: boolean;
};

type Fields = Record<string, unknown>;

const isFields = (v: unknown): v is Fields => typeof v === "object" && v !== null && !Array.isArray(v);
const text = (v: unknown) => (typeof v === "string" ? v : "");

function lines(value: unknown): UndoLine[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isFields).map((line) => ({
    what: text(line.what),
    node: text(line.node),
    workflow: text(line.workflow),
    enrollment: text(line.enrollment),
    reason: text(line.reason),
    by: text(line.by),
  }));
}

/** Reads the result of a step as that of an undo that is done; null when it is none. */
export function undoOf(result: unknown): Undo | null {
  if (!isFields(result) || !Array.isArray(result.undone) || !Array.isArray(result.not_undone)) return null;
  return {
    workflow: text(result.workflow),
    enrollments: typeof result.enrollments === "number" ? result.enrollments : 0,
    ended: Array.isArray(result.ended) ? result.ended.length : 0,
    undone: lines(result.undone),
    left: lines(result.not_undone),
    more: result.more === true,
  };
}

const reasons: Record<string, string> = {
  sent: "it has gone out and cannot be called back",
  called: "the other side may have acted on it",
  under_way: "it is under way",
  unknown: "nobody knows whether it happened",
  reported: "the log keeps what was said",
  consent: "only the contact can subscribe again",
  ended: "what was ended stays ended",
  was_undo: "what an undo took back is not done again",
  advanced: "it gave its data to an enrollment that was inside already",
  itself: "it made the enrollment that undoes",
  changed_since: "somebody has changed it since",
  gone: "what it would be set back to is gone",
  refused: "the former value is not possible now",
  not_recorded: "it was not recorded how it was before",
};

/** Why a thing was not taken back. */
export function whyLeft({ reason, by }: Pick<UndoLine, "reason" | "by">): string {
  if (reason === "kept") return by ? `the workflow ${by} wants it as it is` : "it is wanted as it is";
  return reasons[reason] ?? reason.replaceAll("_", " ");
}

const counted = (n: number, one: string) => `${n.toLocaleString("en")} ${n === 1 ? one : `${one}s`}`;

/** The whole of it in a sentence. */
export function undoWords({ workflow, enrollments, ended, undone, left, more }: Undo): string {
  if (enrollments === 0) return `The contact had no enrollment in ${workflow} to take back.`;
  const of = `Of ${counted(enrollments, "enrollment")} in ${workflow} and what came of it,`;
  if (undone.length + left.length === 0) {
    return `${of} there was nothing to take back.${ended > 0 ? ` ${counted(ended, "enrollment")} ended.` : ""}`;
  }
  const least = more ? "at least " : "";
  const kept = left.length > 0 ? `, ${least}${left.length.toLocaleString("en")} could not be` : "";
  const over = ended > 0 ? ` ${counted(ended, "enrollment")} ended by it.` : "";
  return `${of} ${least}${counted(undone.length, "thing")} ${undone.length === 1 ? "was" : "were"} taken back${kept}.${over}`;
}
