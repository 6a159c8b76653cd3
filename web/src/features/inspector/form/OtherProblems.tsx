import { Alert } from "@mantine/core";
import { isBelow, type Problem } from "../model/pointer";
import { FieldProblems } from "./FieldProblems";
import { useForm } from "./scope";

type Props = {
  base: string;
  /** Pointers of the fields that show their own problems. */
  drawn: readonly string[];
};

/** What the server says about something that no field of the form stands for. */
export function OtherProblems({ base, drawn }: Props) {
  const { problems, shows } = useForm();
  const rest = problems.filter(
    (p: Problem) => isBelow(p.path, base) && shows(p.path) && !drawn.some((at) => isBelow(p.path, at)),
  );
  if (rest.length === 0) return null;
  return (
    <Alert color={rest.some((p) => p.severity === "error") ? "red" : "yellow"} variant="light" p="xs">
      <FieldProblems problems={rest} />
    </Alert>
  );
}
