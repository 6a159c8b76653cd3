import { dayColumns } from "../columns";
import { dayWords } from "../days";
import { FigureTable } from "./FigureTable";
import type { Side } from "./sides";

/** The figures of every day, the newest first. */
export function DayTable({ sides }: { sides: readonly Side[] }) {
  const series = sides[0]?.data.series ?? [];
  const year = series.at(-1)?.date.slice(0, 4);
  const lines = [...series].reverse().map((day) => ({
    key: day.from,
    head: dayWords(day.date, year),
    cells: sides.map(({ label, data }) => ({ label, row: data.series.find((d) => d.date === day.date) })),
  }));
  return <FigureTable label="Figures by day" head="Started on" columns={dayColumns} lines={lines} minWidth={620} />;
}
