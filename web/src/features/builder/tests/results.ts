import type { Problem, PublishResult } from "../queries";

/** What the server says about the tests: their outcomes, and what came otherwise than expected. */
export type Report = NonNullable<PublishResult["tests"]>;
export type Outcome = Report["items"][number];

const place = /^\/tests\/(\d+)(?:\/|$)/;

/** Whether a problem is what came of a test, and no fault of the definition besides. */
export const isOfTests = ({ path }: Pick<Problem, "path">) => place.test(path);

/** What came otherwise in the test at an index. */
export const problemsOf = (problems: readonly Problem[], index: number) =>
  problems.filter((p) => p.path.match(place)?.[1] === String(index));

export function passedWords({ passed, failed }: Pick<Report, "passed" | "failed">): string {
  const all = passed + failed;
  if (failed === 0) return all === 1 ? "The test passes." : `All ${all} tests pass.`;
  return `${failed} of ${all} ${all === 1 ? "test" : "tests"} ${failed === 1 ? "fails" : "fail"}.`;
}

export function coverageWords({ ports, taken }: Report["coverage"]): string {
  if (ports === taken) return "Some test takes each way.";
  const share = Math.floor((taken / ports) * 100);
  return `Tests take ${taken} of ${ports} ways (${share} %). None takes:`;
}

/** Ways that no test takes, by step. */
export function missingByStep(missing: Report["coverage"]["missing"]): [node: string, ports: string[]][] {
  const steps = new Map<string, string[]>();
  for (const { node, port } of missing) steps.set(node, [...(steps.get(node) ?? []), port]);
  return [...steps];
}
