import type { Overlay } from "@/features/canvas";

/** What the panel can lay over the drawing: a test that runs, and the tests of the definition. */
export type Layers = { run: Overlay | null; tests: Overlay | null; top: "run" | "tests" };

export const noLayers: Layers = { run: null, tests: null, top: "tests" };

/** A run that begins lies on top; afterwards whatever somebody asks for does. */
export function withRun(layers: Layers, run: Overlay | null): Layers {
  return { ...layers, run, top: run && !layers.run ? "run" : layers.top };
}

/** `asked`: somebody wants to see it now. */
export function withTests(layers: Layers, tests: Overlay | null, asked: boolean): Layers {
  return { ...layers, tests, top: asked ? "tests" : layers.top };
}

export const topOf = ({ run, tests, top }: Layers) => (top === "run" ? (run ?? tests) : (tests ?? run));
