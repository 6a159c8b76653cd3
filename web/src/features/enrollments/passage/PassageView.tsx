import { Box, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { LocateFixed } from "lucide-react";
import { useMemo } from "react";
import type { Schemas } from "@/api";
import { portsOf, readDefinition, specsOf } from "@/graph";
import { FillFrame, later, localTime } from "@/shared";
import type { Enrollment } from "../filter";
import { OperateButtons } from "../operate/OperateButtons";
import { nodeTypesQuery } from "../queries";
import { Facts } from "./Facts";
import { FigureToggle } from "./FigureToggle";
import { PassageCanvas } from "./PassageCanvas";
import classes from "./PassageView.module.css";
import { passageOfSteps } from "./passage";
import { StepList } from "./StepList";
import type { PassageSearch } from "./search";
import { useFollow } from "./useFollow";
import { Why } from "./Why";

const FiguredCanvas = later(() => import("./FiguredCanvas").then((m) => m.FiguredCanvas), FillFrame);

/** Until when it waits, on the card where it is. */
function labelsOf({ node, due_at, timezone, ended_at }: Enrollment): Record<string, string> {
  return node && due_at && !ended_at ? { [node]: `until ${localTime(due_at, timezone)}` } : {};
}

type Props = { enrollment: Enrollment; ran: Schemas["RunDefinition"] };

/** The canvas with the path, the steps beside it, and what an operator can do. */
export function PassageView({ enrollment, ran }: Props) {
  const search = useSearch({ from: "/inside/enrollments/$id" });
  const { step: selected = null } = search;
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
  const go = (change: { [K in keyof PassageSearch]?: PassageSearch[K] | undefined }) =>
    void navigate({ to: ".", search: { ...search, ...change }, replace: true, resetScroll: false });
  const select = (node: string | null) => go({ step: node ?? undefined });
  const { following, canFollow, shown, choose, follow } = useFollow(passage.active, selected, select);
  const canvas = { definition, specs, summaries: ran.summaries, passage, labels, selected: shown, onSelect: choose };
  const here = enrollment.node ? definition.nodes?.[enrollment.node] : undefined;
  return (
    <>
      <Facts enrollment={enrollment} />
      <Why enrollment={enrollment} />
      <Box my="sm" className={classes.bar}>
        <OperateButtons enrollment={enrollment} type={here?.type} ports={here ? portsOf(here, specs) : []} />
        <Group gap="xs">
          <FigureToggle
            on={search.figures === true}
            version={enrollment.version}
            onChange={(on) => go({ figures: on || undefined })}
          />
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
        </Group>
      </Box>
      <div className={classes.split}>
        <div className={classes.canvas}>
          {search.figures && enrollment.version ? (
            <FiguredCanvas
              {...canvas}
              workflow={enrollment.workflow}
              version={enrollment.version}
              range={search}
              onRange={({ range, from, to }) => go({ range, from, to })}
              onClose={() => go({ figures: undefined })}
            />
          ) : (
            <PassageCanvas {...canvas} />
          )}
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
