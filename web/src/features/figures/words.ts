import type { Schemas } from "@/api";

type Ended = { enrolled: number; finished: number; succeeded: number; drop_off: Schemas["DropOff"] | null };

/** Where people are lost, as a sentence: the server's own where there is such a step, else why there is none. */
export function dropOffWords({ enrolled, finished, succeeded, drop_off }: Ended): string {
  if (drop_off) return drop_off.words;
  if (enrolled === 0) return "Nobody started in this range.";
  if (finished === 0) return "Nobody has finished yet.";
  return succeeded === finished
    ? "Nobody is lost: all who finished ended with success."
    : "Nobody is lost at a step: who ended without success stood at none.";
}
