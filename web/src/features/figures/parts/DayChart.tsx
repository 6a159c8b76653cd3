import { Group, Text } from "@mantine/core";
import { barsOf, drawing, mostOf } from "../chart";
import { dayWords } from "../days";
import { number } from "../format";
import classes from "./DayChart.module.css";
import type { Side } from "./sides";

/** Enrolled and finished by day; the same scale for all that is compared. The table by day says the same in numbers. */
export function DayChart({ sides }: { sides: readonly Side[] }) {
  const most = mostOf(sides.map(({ data }) => data.series));
  return (
    <figure className={classes.figure} aria-label="Chart by day">
      <Group gap="md" mb={4} component="figcaption">
        <Text size="sm" fw={600}>
          By day of start
        </Text>
        <Key look={classes.enrolled} words="Enrolled" />
        <Key look={classes.finished} words="of them finished" />
        <Text size="sm" c="dimmed">
          at most {number(most)} a day
        </Text>
      </Group>
      {sides.map((side) => (
        <Bars key={side.label} side={side} most={most} named={sides.length > 1} />
      ))}
    </figure>
  );
}

function Bars({ side: { label, data }, most, named }: { side: Side; most: number; named: boolean }) {
  const { width, height } = drawing;
  const first = data.series[0]?.date;
  const last = data.series.at(-1)?.date;
  const words = `${named ? `${label}: ` : ""}${number(data.enrolled)} enrolled and ${number(data.finished)} finished in ${data.series.length} days`;
  return (
    <div className={classes.chart}>
      {named && (
        <Text size="xs" c="dimmed">
          {label}
        </Text>
      )}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
        className={classes.bars}
      >
        {barsOf(data.series, most).map(({ day, x, width: w, enrolled, finished }) => (
          <g key={day.from}>
            <title>
              {dayWords(day.date)}: {number(day.enrolled)} enrolled, {number(day.finished)} finished,{" "}
              {number(day.errors)} errors
            </title>
            <rect x={x} y={0} width={w} height={height} fill="transparent" />
            <rect x={x} y={height - enrolled} width={w} height={enrolled} className={classes.enrolled} />
            <rect
              x={x + w * 0.2}
              y={height - finished}
              width={w * 0.6}
              height={finished}
              className={classes.finished}
            />
          </g>
        ))}
      </svg>
      {first && last && (
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {dayWords(first)}
          </Text>
          {last !== first && (
            <Text size="xs" c="dimmed">
              {dayWords(last)}
            </Text>
          )}
        </Group>
      )}
    </div>
  );
}

function Key({ look, words }: { look: string | undefined; words: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <svg width={14} height={14} aria-hidden="true">
        <rect x={1} y={1} width={12} height={12} className={look} />
      </svg>
      <Text size="sm">{words}</Text>
    </Group>
  );
}
