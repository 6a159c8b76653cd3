import { Badge, Group, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import type { Schemas } from "@/api";
import { LoadMore, ProblemAlert } from "@/shared";
import classes from "./Board.module.css";
import { DealCard } from "./DealCard";
import { dealsQuery, type Pipeline } from "./queries";

const dragged = "application/x-fermata-deal";
const colors = { open: "gray", won: "teal", lost: "red" } as const;

type Props = {
  pipeline: Pipeline;
  stage: Schemas["Stage"];
  canMove: boolean;
  onMove: (deal: string, stage: string) => void;
};

/** One stage with its deals; it takes the deals that are dropped on it. */
export function StageColumn({ pipeline, stage, canMove, onMove }: Props) {
  const deals = useInfiniteQuery(dealsQuery(pipeline.key, stage.key));
  const [over, setOver] = useState(false);
  const items = deals.data?.pages.flatMap((page) => page.items) ?? [];
  const accepts = (e: DragEvent) => canMove && e.dataTransfer.types.includes(dragged);
  return (
    <section
      className={classes.column}
      aria-label={`${stage.name}, ${items.length}${deals.hasNextPage ? " and more" : ""} deals`}
      data-over={over || undefined}
      onDragOver={(e) => {
        if (!accepts(e)) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        setOver(false);
        if (!accepts(e)) return;
        e.preventDefault();
        onMove(e.dataTransfer.getData(dragged), stage.key);
      }}
    >
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {stage.name}
        </Title>
        <Group gap={4} wrap="nowrap">
          {stage.kind !== "open" && (
            <Badge color={colors[stage.kind]} variant="light" tt="none">
              {stage.kind}
            </Badge>
          )}
          <Text size="sm" c="dimmed">
            {items.length}
            {deals.hasNextPage && "+"}
          </Text>
        </Group>
      </Group>
      <ProblemAlert problem={deals.error} retry={() => void deals.refetch()} />
      <ul className={classes.cards}>
        {items.map((deal) => (
          <DealCard
            key={deal.id}
            deal={deal}
            stages={pipeline.stages}
            canMove={canMove}
            onDragStart={(e) => e.dataTransfer.setData(dragged, deal.id)}
            onMove={(to) => onMove(deal.id, to)}
          />
        ))}
      </ul>
      <LoadMore of={deals} />
    </section>
  );
}
