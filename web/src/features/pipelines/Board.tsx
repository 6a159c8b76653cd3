import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/api";
import { notifyProblem, useLive } from "@/shared";
import classes from "./Board.module.css";
import { moveDeal, type Pipeline } from "./queries";
import { StageColumn } from "./StageColumn";

/** The stages side by side. A deal is moved by dragging it, or with the menu of its card. */
export function Board({ pipeline }: { pipeline: Pipeline }) {
  const client = useQueryClient();
  const { may } = useSession();
  const [said, setSaid] = useState("");
  useLive({ [`deals:${pipeline.key}`]: [["deals", pipeline.key]] });
  const move = useMutation({
    mutationFn: ({ id, stage }: { id: string; stage: string }) => moveDeal(id, stage),
    onSuccess: (deal) => setSaid(`${deal.title} is in ${stageName(pipeline, deal.stage)}`),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: ["deals", pipeline.key] }),
  });
  return (
    <>
      <section className={classes.board} aria-label={`Deals of ${pipeline.name}`}>
        {pipeline.stages.map((stage) => (
          <StageColumn
            key={stage.key}
            pipeline={pipeline}
            stage={stage}
            canMove={may("editor")}
            onMove={(id, to) => move.mutate({ id, stage: to })}
          />
        ))}
      </section>
      <output className={classes.said}>{said}</output>
    </>
  );
}

function stageName(pipeline: Pipeline, key: string): string {
  return pipeline.stages.find((stage) => stage.key === key)?.name ?? key;
}
