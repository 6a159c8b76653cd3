import { problemWords } from "@/shared";

/** A failure as one line; "" for none. */
export function problemText(problem: unknown): string {
  if (!problem) return "";
  const { title, detail } = problemWords(problem);
  return detail ? `${title}: ${detail}` : title;
}
