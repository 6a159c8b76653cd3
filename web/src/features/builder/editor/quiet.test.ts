import { expect, test } from "vitest";
import { createQuiet } from "./quiet";

const silent = (quiet: ReturnType<typeof createQuiet>) => [...quiet.getState().ids].toSorted();

test("steps that came at once are quiet until one of them is left", () => {
  const quiet = createQuiet();
  quiet.hush(["a", "b"]);
  quiet.hush(["c"]);
  expect(silent(quiet)).toEqual(["a", "b", "c"]);
  quiet.speak("elsewhere");
  expect(silent(quiet)).toEqual(["a", "b", "c"]);
  quiet.speak("b");
  expect(silent(quiet)).toEqual(["c"]);
});

test("an attempt to publish lets all be seen, and nothing is told anew when nothing changed", () => {
  const quiet = createQuiet();
  quiet.hush(["a"]);
  quiet.speak();
  expect(silent(quiet)).toEqual([]);
  let told = 0;
  quiet.subscribe(() => told++);
  quiet.speak();
  quiet.speak("a");
  expect(told).toBe(0);
});
