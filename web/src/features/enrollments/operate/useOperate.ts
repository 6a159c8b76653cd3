import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { problemWords } from "@/shared";
import type { Enrollment } from "../filter";
import { keys } from "../queries";
import { type Action, type Details, operate } from "./actions";

/** What became of one enrollment: the state that the server answered, or why it refused. */
export type Result = { enrollment: Enrollment; ok: boolean; words: string };

/** Carries an action out for one enrollment after the other, and can be stopped in between. */
export function useOperate() {
  const client = useQueryClient();
  const [results, setResults] = useState<Result[]>([]);
  const [running, setRunning] = useState(false);
  const stopped = useRef(false);

  const run = async (action: Action, enrollments: readonly Enrollment[], details: Details) => {
    stopped.current = false;
    setResults([]);
    setRunning(true);
    for (const e of enrollments) {
      if (stopped.current) break;
      const result = await one(action, e, details);
      setResults((before) => [...before, result]);
    }
    setRunning(false);
    await client.invalidateQueries({ queryKey: keys.all });
  };

  const one = async (action: Action, enrollment: Enrollment, details: Details): Promise<Result> => {
    try {
      const after = await operate(action, enrollment.id, details);
      return { enrollment, ok: true, words: `now ${after.status}` };
    } catch (problem) {
      const { title, detail } = problemWords(problem);
      return { enrollment, ok: false, words: detail || title };
    }
  };

  const stop = () => {
    stopped.current = true;
  };
  const reset = () => setResults([]);
  return { run, stop, reset, running, results };
}
