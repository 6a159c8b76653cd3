import type { Overlay, StepOverlay } from "@/features/canvas";
import { overlayOf, passageOf } from "@/features/enrollments";
import { edgeKey } from "@/graph";
import { missingByStep, type Outcome, type Report } from "./results";

/** Marks the steps that no test comes to, and the ways that none takes. */
export function coverageOverlay({ missing, unvisited }: Report["coverage"]): Overlay {
  const nodes: Record<string, StepOverlay> = {};
  for (const [node, ports] of missingByStep(missing)) {
    const named = ports.filter(Boolean).map((port) => `“${port}”`);
    const label = named.length > 0 ? `No test leaves by ${named.join(", ")}` : "No test goes on from here";
    nodes[node] = { state: "partly", label };
  }
  for (const node of unvisited) nodes[node] = { state: "untested", label: "No test comes here" };
  const ways = missing.filter(({ port }) => port !== "");
  return {
    nodes,
    edges: new Set(),
    missed: new Set(ways.map(({ node, port }) => edgeKey({ from: node, port }))),
    dim: false,
  };
}

/** The way that a test took; of one that fails, where it left the way that it expects. */
export function testOverlay(test: Outcome, name: (node: string) => string): Overlay {
  const overlay = overlayOf(passageOf(test.steps));
  const marks = divergence(test, name);
  const nodes = { ...overlay.nodes };
  for (const [id, mark] of Object.entries(marks)) nodes[id] = { ...nodes[id], ...mark };
  return { ...overlay, nodes };
}

function divergence({ diverged, steps, outcome, status, passed }: Outcome, name: (node: string) => string) {
  const marks: Record<string, StepOverlay> = {};
  const last = steps.at(-1)?.node;
  if (!diverged) {
    if (!passed && last)
      marks[last] = { state: "diverged", label: `Not as expected; ${outcome ?? status ?? "no end"}` };
    return marks;
  }
  const { step, expected, came } = diverged;
  if (expected !== null) marks[expected] = { state: "expected", label: `Expected as step ${step + 1}` };
  if (came !== null) {
    marks[came] = {
      state: "diverged",
      label: expected === null ? "Came after the expected end" : `Came instead of ${name(expected)}`,
    };
  } else if (last && expected !== null) {
    marks[last] = { state: "diverged", label: `Went no further; expected ${name(expected)}` };
  }
  return marks;
}
