import { Badge, Text } from "@mantine/core";
import { CornerDownRight } from "lucide-react";
import { type Gap, nodesOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import { slotWords } from "../page/places";
import { GapButton } from "./GapButton";
import classes from "./Outline.module.css";
import { RowNote } from "./RowNote";
import { gapsOf, type Row, type Way } from "./rows";
import { StepRow } from "./StepRow";

type Props = { way: Way; count: number; name?: string };

/** One way through the workflow: its steps, and between them the places where one can be added. */
export function WayList({ way, count, name }: Props) {
  const { specs } = useBuilder();
  const definition = useDefinition();
  const gaps = gapsOf(way, definition, specs);
  const ends = way.rows.at(-1)?.kind !== "step" && way.rows.length > 0;
  return (
    <ul className={classes.way} aria-label={name ?? "Steps"}>
      {way.rows.map((row, i) => (
        <li key={keyOf(row)}>
          <Place gap={gaps[i] ?? null} />
          <OneRow row={row} count={count} branch={name} />
          {row.kind === "step" && row.ways.length > 0 && <Branches ways={row.ways} count={count} />}
        </li>
      ))}
      {!ends && (
        <li>
          <Place gap={gaps[way.rows.length] ?? null} />
        </li>
      )}
    </ul>
  );
}

const keyOf = (row: Row) => (row.kind === "step" ? row.id : row.kind === "jump" ? `to ${row.to}` : "end");

function Place({ gap }: { gap: Gap | null }) {
  const { specs } = useBuilder();
  const definition = useDefinition();
  if (!gap) return null;
  const place = gap.also.length > 0 ? "where the ways meet again" : slotWords(gap.slot, definition, specs);
  return <GapButton gap={gap} words={`Add a step ${place}`} />;
}

function OneRow({ row, count, branch }: { row: Row; count: number; branch: string | undefined }) {
  const { specs, open } = useBuilder();
  const definition = useDefinition();
  const node = row.kind === "step" ? nodesOf(definition)[row.id] : undefined;
  if (row.kind === "step") {
    return (
      node && (
        <>
          <StepRow id={row.id} node={node} number={row.number} count={count} branch={branch} />
          <RowNote id={row.id} node={node} />
        </>
      )
    );
  }
  if (row.kind === "end") {
    return (
      <Text size="sm" c="dimmed" className={classes.end}>
        The enrollment ends here
      </Text>
    );
  }
  return (
    <button type="button" className={classes.jump} onClick={() => open({ kind: "step", id: row.to })}>
      <CornerDownRight size={16} aria-hidden /> goes on at {stepName(row.to, nodesOf(definition)[row.to], specs)}
    </button>
  );
}

function Branches({ ways, count }: { ways: Way[]; count: number }) {
  return (
    <ul className={classes.branches} aria-label="Ways out">
      {ways.map((way) => (
        <li key={way.slot.port} className={classes.branch}>
          <Badge variant="light" color="gray" tt="none">
            {way.slot.port}
          </Badge>
          <WayList way={way} count={count} name={way.slot.port} />
        </li>
      ))}
    </ul>
  );
}
