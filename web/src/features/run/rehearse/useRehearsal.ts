import { useCallback, useEffect, useRef, useState } from "react";
import { type Rehearsal, type RehearsedStep, rehearse } from "./rehearse";
import type { Request } from "./request";

type State = { steps: RehearsedStep[]; result: Rehearsal | null; problem: unknown; running: boolean };

const nothing: State = { steps: [], result: null, problem: null, running: false };

/** Carries out rehearsals of a workflow; a new one takes the place of the one before. */
export function useRehearsal(workflow: string, whenSaved: () => Promise<unknown>) {
  const [state, setState] = useState<State>(nothing);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const run = useCallback(
    async (request: Request) => {
      current.current?.abort();
      const mine = new AbortController();
      current.current = mine;
      setState({ ...nothing, running: true });
      const mineOnly = (change: (before: State) => State) => {
        if (current.current === mine) setState(change);
      };
      try {
        // What is rehearsed is the draft that the server holds.
        await whenSaved();
        const onStep = (step: RehearsedStep) => mineOnly((s) => ({ ...s, steps: [...s.steps, step] }));
        const result = await rehearse(workflow, request, onStep, mine.signal);
        mineOnly((s) => ({ ...s, result, running: false }));
      } catch (problem) {
        mineOnly((s) => ({ ...s, problem, running: false }));
      }
    },
    [workflow, whenSaved],
  );

  const clear = useCallback(() => {
    current.current?.abort();
    setState(nothing);
  }, []);
  return { ...state, run, clear };
}
