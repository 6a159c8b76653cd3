import { Anchor, Stack, Text } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Selection } from "@/graph";
import { targetName } from "../page/target";
import type { Problem } from "../queries";
import { FixButton } from "./FixButton";
import classes from "./ProblemList.module.css";
import type { Place } from "./places";

type Props = {
  places: readonly Place[];
  onOpen: (target: Selection) => void;
  /** After a repair was carried out. */
  onFixed: () => Promise<void> | void;
};

/** Everything that is wrong, place by place, each with the way there and, where the server knows one, a repair. */
export function ProblemList({ places, onOpen, onFixed }: Props) {
  return (
    <Stack gap="md" component="ul" className={classes.list}>
      {places.map((place) => (
        <li key={targetName(place.target)}>
          <Anchor component="button" type="button" fw={600} size="sm" onClick={() => onOpen(place.target)}>
            {place.title}
          </Anchor>
          <ul className={classes.list}>
            {place.problems.map((problem) => (
              <OneProblem
                key={`${problem.path} ${problem.code} ${problem.message}`}
                problem={problem}
                onFixed={onFixed}
              />
            ))}
          </ul>
        </li>
      ))}
    </Stack>
  );
}

function OneProblem({ problem, onFixed }: { problem: Problem; onFixed: Props["onFixed"] }) {
  const error = problem.severity === "error";
  // With a repair at hand, the hint that names its call says nothing more.
  const hint = problem.fix || problem.hint.includes("/v1/") ? "" : problem.hint;
  const Icon = error ? CircleAlert : TriangleAlert;
  return (
    <li className={classes.problem} data-severity={problem.severity}>
      <Icon size={16} aria-label={error ? "Error" : "Warning"} />
      <div>
        <Text size="sm">{problem.message}</Text>
        {hint && (
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        )}
        {problem.fix && <FixButton fix={problem.fix} onFixed={onFixed} />}
      </div>
    </li>
  );
}
