import { Paper, ScrollArea, Text, Title } from "@mantine/core";
import { percent } from "@/shared/percent";
import { number } from "../words";
import classes from "./Bars.module.css";

type Props = {
  title: string;
  /** What is said in place of no row. */
  empty: string;
  note?: string | false;
  /** Rows with a share say it beside their count. */
  rows: readonly { name: string; count: number; share?: number }[];
};

/** Counts by name, each with a bar as long as its part of the largest. */
export function Bars({ title, empty, note, rows }: Props) {
  const largest = rows.reduce((max, row) => Math.max(max, row.count), 1);
  return (
    <Paper withBorder p="md" role="group" aria-label={title}>
      <Title order={3} size="h5">
        {title}
      </Title>
      {note && <Text size="sm">{note}</Text>}
      {rows.length === 0 && <Text size="sm">{empty}</Text>}
      {rows.length > 0 && (
        <ScrollArea.Autosize
          mah={280}
          type="auto"
          mt="xs"
          viewportProps={{ tabIndex: rows.length > 8 ? 0 : undefined }}
        >
          <ul className={classes.list}>
            {rows.map((row) => (
              <li key={row.name} className={classes.row}>
                <span className={classes.name}>{row.name}</span>
                <span className={classes.count}>
                  {number(row.count)}
                  {row.share !== undefined && `, ${percent(row.share)}`}
                </span>
                <span className={classes.track} aria-hidden>
                  <span className={classes.bar} style={{ width: `${(row.count / largest) * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}
