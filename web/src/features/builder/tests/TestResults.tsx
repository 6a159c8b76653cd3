import { Anchor, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { CircleCheck, CircleX, Route } from "lucide-react";
import { type Definition, nodesOf, type Specs } from "@/graph";
import { Fold } from "@/shared";
import { stepName } from "../diff/words";
import type { Problem } from "../queries";
import { coverageWords, missingByStep, passedWords, problemsOf, type Report } from "./results";
import classes from "./TestResults.module.css";

type Props = {
  report: Report;
  problems: readonly Problem[];
  definition: Definition;
  specs: Specs;
  /** The test whose way is drawn; null: none is. */
  chosen?: number | null;
  /** Draws the way of a test. Without it nothing can be drawn. */
  onChoose?: (index: number) => void;
  onOpen: (node: string) => void;
};

/** Which tests of the definition fail and why, and which ways none of them takes. */
export function TestResults({ report, problems, definition, specs, chosen, onChoose, onOpen }: Props) {
  const name = (id: string) => stepName(id, nodesOf(definition)[id], specs);
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600} role="status">
        {passedWords(report)}
      </Text>
      <ul className={classes.list} aria-label="Tests">
        {report.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tests have no other name that is theirs alone
          <li key={index}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              {item.passed ? (
                <CircleCheck size={18} color="var(--mantine-color-teal-text)" aria-label="Passed" />
              ) : (
                <CircleX size={18} color="var(--mantine-color-red-text)" aria-label="Failed" />
              )}
              <div>
                <Name text={item.name} chosen={index === chosen} onChoose={onChoose && (() => onChoose(index))} />
                {problemsOf(problems, index).map((p) => (
                  <Came key={`${p.path} ${p.message}`} problem={p} test={item.name} />
                ))}
                {!item.passed && item.path.length > 0 && (
                  <Fold label="The way it took">
                    <Text size="sm">{item.path.map(name).join(" → ")}</Text>
                  </Fold>
                )}
              </div>
            </Group>
          </li>
        ))}
      </ul>
      <Coverage report={report} name={name} onOpen={onOpen} />
    </Stack>
  );
}

/** The name of a test, which shows its way where it can be drawn. */
function Name({ text, chosen, onChoose }: { text: string; chosen: boolean; onChoose: (() => void) | undefined }) {
  if (!onChoose) return <Text size="sm">{text}</Text>;
  return (
    <UnstyledButton
      className={classes.test}
      aria-pressed={chosen}
      title="Show its way on the canvas"
      onClick={onChoose}
    >
      {text}
      {chosen && <Route size={14} aria-hidden />}
    </UnstyledButton>
  );
}

/** What was expected and what came; the name of the test stands above. */
function Came({ problem: { message, hint }, test }: { problem: Problem; test: string }) {
  const words = message.replace(`the test "${test}": `, "");
  return (
    <>
      <Text size="sm" c="red">
        {words.charAt(0).toUpperCase() + words.slice(1)}
      </Text>
      {hint && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
    </>
  );
}

function Coverage({
  report: { coverage },
  name,
  onOpen,
}: Pick<Props, "report" | "onOpen"> & { name: (id: string) => string }) {
  return (
    <div>
      <Text size="sm">{coverageWords(coverage)}</Text>
      {coverage.missing.length > 0 && (
        <ul className={classes.missing} aria-label="Ways that no test takes">
          {missingByStep(coverage.missing).map(([node, ports]) => (
            <li key={node}>
              <Text size="sm">
                <Anchor component="button" type="button" inherit onClick={() => onOpen(node)}>
                  {name(node)}
                </Anchor>
                {ports.some(Boolean) && `: ${ports.map((p) => `“${p}”`).join(", ")}`}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
