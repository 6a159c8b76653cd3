import { percent } from "@/shared/percent";
import type { AlarmSettings } from "./queries";
import { lengthWords, pointsWords } from "./words";

/** What is looked for, one line for each kind that is switched on. */
export function watchedWords({ error_rate, silence, lateness, wedged, drift }: AlarmSettings): string[] {
  const lines: [on: boolean, words: string][] = [
    [
      error_rate.on,
      `${percent(error_rate.rate)} of the steps fail within ${lengthWords(error_rate.within)}, and at least ${error_rate.min}`,
    ],
    [
      silence.on,
      `an active workflow has let nobody in for ${lengthWords(silence.after)}, and ${silence.factor} times as long as is usual`,
    ],
    [lateness.on, `somebody is more than ${lengthWords(lateness.after)} late`],
    [wedged.on, "a run cannot go on by itself"],
    [
      drift.on,
      `the share who complete, or who take a way, moves by ${pointsWords(drift.by)} within ${lengthWords(drift.within)}`,
    ],
  ];
  return lines.filter(([on]) => on).map(([, words]) => words);
}
