import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { show } from "@/test/render";
import type { Problem } from "../queries";
import { coverageWords, isOfTests, missingByStep, passedWords, problemsOf, type Report } from "./results";
import { TestResults } from "./TestResults";

const problem = (path: string, message: string): Problem => ({
  severity: "error",
  code: "test_failed",
  node: "",
  path,
  message,
  hint: "it went vip → done",
});
const problems = [
  problem("/tests/1/expect/outcome", 'the test "a small one": expected the outcome success, came neutral'),
  problem("/tests/10/expect/path", 'the test "another": expected call next'),
  problem("/nodes/vip/with/where", "must be given"),
];
const walked = {
  status: "completed",
  path: ["vip", "done"],
  steps: [
    { node: "vip", status: "done", port: "big" },
    { node: "done", status: "done", port: null },
  ],
  diverged: null,
};
const report: Report = {
  passed: 1,
  failed: 1,
  items: [
    { name: "a big one", passed: true, outcome: "success", ...walked },
    { name: "a small one", passed: false, outcome: "neutral", ...walked },
  ],
  coverage: {
    ports: 4,
    taken: 2,
    missing: [
      { node: "vip", port: "else" },
      { node: "vip", port: "error" },
      { node: "done", port: "" },
    ],
    unvisited: ["done"],
  },
};
const definition = {
  key: "w",
  nodes: { vip: { type: "branch", name: "A big one?" }, done: { type: "end", name: "Done" } },
};

test("problems belong to the test at their index", () => {
  expect(problemsOf(problems, 1).map((p) => p.path)).toEqual(["/tests/1/expect/outcome"]);
  expect(problemsOf(problems, 0)).toEqual([]);
  expect(problems.map(isOfTests)).toEqual([true, true, false]);
});

test("the counts are words", () => {
  expect(passedWords({ passed: 1, failed: 0 })).toBe("The test passes.");
  expect(passedWords({ passed: 3, failed: 0 })).toBe("All 3 tests pass.");
  expect(passedWords({ passed: 1, failed: 2 })).toBe("2 of 3 tests fail.");
  expect(coverageWords(report.coverage)).toBe("Tests take 2 of 4 ways (50 %). None takes:");
  expect(coverageWords({ ports: 200, taken: 199, missing: [], unvisited: [] })).toMatch("99 %");
  expect(coverageWords({ ports: 4, taken: 4, missing: [], unvisited: [] })).toBe("Some test takes each way.");
  expect(missingByStep(report.coverage.missing)).toEqual([
    ["vip", ["else", "error"]],
    ["done", [""]],
  ]);
});

test("a test that fails says what was expected and what came; ways that none takes lead to their step", async () => {
  const onOpen = vi.fn();
  const onChoose = vi.fn();
  show(
    <TestResults
      report={report}
      problems={problems}
      definition={definition}
      specs={new Map()}
      chosen={0}
      onChoose={onChoose}
      onOpen={onOpen}
    />,
  );
  const [big, small] = within(screen.getByRole("list", { name: "Tests" })).getAllByRole("listitem");
  expect(within(big as HTMLElement).getByLabelText("Passed")).toBeTruthy();
  expect(within(small as HTMLElement).getByText("Expected the outcome success, came neutral")).toBeTruthy();
  expect(within(small as HTMLElement).getByText("A big one? → Done")).toBeTruthy();
  const ways = screen.getByRole("list", { name: "Ways that no test takes" });
  expect(within(ways).getByText(/“else”, “error”/)).toBeTruthy();
  await userEvent.click(within(ways).getByRole("button", { name: "A big one?" }));
  expect(onOpen).toHaveBeenCalledWith("vip");
  expect(within(big as HTMLElement).getByRole("button", { pressed: true }).textContent).toBe("a big one");
  await userEvent.click(within(small as HTMLElement).getByRole("button", { name: "a small one" }));
  expect(onChoose).toHaveBeenCalledWith(1);
});
