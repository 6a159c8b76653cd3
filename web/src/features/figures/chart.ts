import type { DayFigures } from "./queries";

/** A bar of a chart, in the units of its drawing. */
export type Bar = { day: DayFigures; x: number; width: number; enrolled: number; finished: number };

/** The size of the drawing; it is stretched to the room there is. */
export const drawing = { width: 720, height: 120 } as const;

/** How wide a bar is at most: of few days, too, they are bars. */
const widest = 32;

/** The bars of a series against the highest value of all series that are shown. */
export function barsOf(series: readonly DayFigures[], most: number): Bar[] {
  const slot = drawing.width / Math.max(1, series.length);
  const gap = Math.max(slot > 6 ? 2 : slot > 3 ? 1 : 0, slot - widest);
  const height = (n: number) => (most === 0 ? 0 : (n / most) * drawing.height);
  return series.map((day, i) => ({
    day,
    x: i * slot + gap / 2,
    width: slot - gap,
    enrolled: height(day.enrolled),
    finished: height(day.finished),
  }));
}

/** The highest number of enrollments of a day in any of the series. */
export const mostOf = (all: readonly (readonly DayFigures[])[]): number =>
  Math.max(0, ...all.flatMap((series) => series.map((d) => d.enrolled)));
