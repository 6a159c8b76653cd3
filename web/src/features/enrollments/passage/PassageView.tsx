import { Box, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { LocateFixed } from "lucide-react";
import { useMemo } from "react";
import type { Schemas } from "@/api";
import { portsOf, readDefinition, specsOf } from "@/graph";
import { localTime } from "@/shared";
import type { Enrollment } from "../filter";
import { OperateButtons } from "../operate/OperateButtons";
import { nodeTypesQuery } from "../queries";
import { Facts } from "./Facts";
import { PassageCanvas } from "./PassageCanvas";
import classes from "./PassageView.module.css";
import { passageOfSteps } from "./passage";
import { StepList } from "./StepList";
import { useFollow } from "./useFollow";
import { Why } from "./Why";

/** Until when it waits, on the card where it is. */
function labelsOf({ node, due_at, timezone, ended_at }: Enrollment): Record<string, string> {
  return node && due_at && !ended_at ? { [node]: `until ${localTime(due_at, timezone)}` } : {};
}

type Props = { enrollment: Enrollment; ran: Schemas["RunDefinition"] };

/** The canvas with the path, the steps beside it, and what an operator can do. */
export function PassageView({ enrollment, ran }: Props) {
  const { step: selected = null } = useSearch({ from: "/inside/enrollments/$id" });
  const navigate = useNavigate();
  const { data: types } = useQuery(nodeTypesQuery);
  const specs = useMemo(() => specsOf(types?.items ?? []), [types]);
  const definition = useMemo(() => {
    const read = readDefinition(ran.definition);
    return "definition" in read ? read.definition : { key: ran.workflow };
  }, [ran]);
  const steps = enrollment.steps ?? [];
  const passage = useMemo(() => passageOfSteps(steps, ran.trigger), [steps, ran.trigger]);
  const labels = useMemo(() => labelsOf(enrollment), [enrollment]);
  const select = (node: string | null) =>
    void navigate({ to: ".", search: node ? { step: node } : {}, replace: true, resetScroll: false });
  const { following, canFollow, shown, choose, follow } = useFollow(passage.active, selected, select);
  const here = enrollment.node ? definition.nodes?.[enrollment.node] : undefined;
  return (
    <>
      <Facts enrollment={enrollment} />
      <Why enrollment={enrollment} />
      <Box my="sm" className={classes.bar}>
        <OperateButtons enrollment={enrollment} type={here?.type} ports={here ? portsOf(here, specs) : []} />
        {canFollow && (
          <Button
            size="xs"
            variant={following ? "light" : "default"}
            aria-pressed={following}
            leftSection={<LocateFixed size={14} aria-hidden />}
            onClick={() => (following ? choose(shown) : follow())}
          >
            {following ? "Following" : "Follow"}
          </Button>
        )}
      </Box>
      <div className={classes.split}>
        <div className={classes.canvas}>
          <PassageCanvas
            definition={definition}
            specs={specs}
            summaries={ran.summaries}
            passage={passage}
            labels={labels}
            selected={shown}
            onSelect={choose}
          />
        </div>
        <div className={classes.steps}>
          <StepList
            enrollment={enrollment.id}
            steps={steps}
            definition={definition}
            zone={enrollment.timezone}
            selected={shown}
            onSelect={choose}
          />
        </div>
      </div>
    </>
  );
}
