import type { NodeProps } from "@xyflow/react";
import { DoorOpen } from "lucide-react";
import { memo } from "react";
import { Card } from "./Card";
import css from "./cards.module.css";
import type { ExitsNode } from "./elements";

const selection = { kind: "exits" } as const;

/** The events that end an enrollment wherever it is. */
export const ExitsChip = memo(function ExitsChip({ id, data }: NodeProps<ExitsNode>) {
  const exits = data.exits ?? [];
  return (
    <Card node={id} selection={selection} words={data.words} selected={data.selected} className={css.exits ?? ""}>
      <DoorOpen size={16} aria-hidden />
      <span className={css.text}>
        <span className={css.title}>{exits.length === 0 ? "No exits" : "Exits"}</span>{" "}
        {exits.length > 0 && <span className={css.summary}>{exits.map((e) => e.event ?? e.id).join(", ")}</span>}
      </span>
    </Card>
  );
});
