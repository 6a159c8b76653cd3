import { localTime } from "@/shared";
import type { Counted, Filter, Kind } from "./filter";

const ended: Record<Kind, string> = {
  done: "done",
  failed: "failed",
  unknown: "ended with an outcome that nobody knows",
  dropped: "dropped",
  suppressed: "suppressed",
  skipped: "skipped",
  exited: "exited",
  canceled: "canceled",
  open: "under way",
};

/** A part of a filter in words, and the change that takes it away. */
export type Part = { words: string; without: { [K in keyof Counted]: undefined } };

/** What of a filter came from a figure, in words; `title` is that of its step. */
export function countedWords(filter: Filter, title: string): Part[] {
  const parts: Part[] = [];
  if (filter.step !== undefined || filter.step_status !== undefined || filter.step_port !== undefined) {
    const words = [
      `Came to ${title || "a step"}`,
      filter.step_status && `it is ${ended[filter.step_status]}`,
      filter.step_port && `left by “${filter.step_port}”`,
    ];
    parts.push({
      words: words.filter(Boolean).join(", "),
      without: { step: undefined, step_status: undefined, step_port: undefined },
    });
  }
  if (filter.active !== undefined)
    parts.push({ words: filter.active ? "Inside now" : "Ended", without: { active: undefined } });
  if (filter.success !== undefined) {
    parts.push({ words: `Ended ${filter.success ? "with" : "without"} success`, without: { success: undefined } });
  }
  const { started_from: from, started_to: to } = filter;
  if (from || to) {
    const words = [from && `from ${startWords(from)}`, to && `before ${startWords(to)}`].filter(Boolean).join(" ");
    parts.push({ words: `Started ${words}`, without: { started_from: undefined, started_to: undefined } });
  }
  return parts;
}

/** Whether a filter has parts that come from a figure. */
export const isCounted = (filter: Filter) => countedWords(filter, "").length > 0;

/** A date stays a date: only the server knows in which zone it begins. */
const startWords = (text: string) => (text.length > 10 ? localTime(text, "UTC") : text);
