import {
  type ComponentType,
  createElement,
  type ReactNode,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { ApiProblem } from "@/api";
import { loadAnew } from "./anew";
import { createPart } from "./part";

/** What a frame is told of the part that is not there yet. */
export type FrameProps = {
  /** Why it could not be loaded; null while it is on its way. */
  problem: ApiProblem | null;
  retry: () => void;
};

export type Later<P> = ((props: P) => ReactNode) & {
  /** Loads it ahead, so that it opens at once, also while the server is away. */
  preload: () => Promise<void>;
};

/**
 * A component whose code is loaded when it is first shown, or ahead. Until then its frame stands in its place,
 * which gets the same properties; a part that is there already is drawn at once, without the frame.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Frame: ComponentType<FrameProps & P>,
): Later<P> {
  const store = createPart(load);
  function Shown(props: P) {
    const { part, problem } = useSyncExternalStore(store.subscribe, store.snapshot);
    // What failed before this was shown is no news: it is asked for once more first.
    const [asked, ask] = useState(false);
    const demand = useCallback(async (again: boolean) => {
      ask(false);
      await store.fetch();
      if (store.snapshot().part || !(await loadAnew(again))) ask(true);
    }, []);
    useEffect(() => void demand(false), [demand]);
    if (part) return createElement(part, props);
    return <Frame {...props} problem={asked && problem ? notThere() : null} retry={() => void demand(true)} />;
  }
  return Object.assign(Shown, { preload: store.fetch });
}

const notThere = () =>
  new ApiProblem(
    0,
    "part-not-loaded",
    "This could not be loaded",
    "The server did not send this part of the page. What you have done stays as it is.",
  );
