import { type Ref, useCallback, useEffect, useImperativeHandle, useRef } from "react";
import type { Graph, Places, Selection } from "@/graph";
import { nodeId } from "./elements";
import type { FlowCanvasHandle } from "./types";
import type { Camera } from "./useCamera";

/** Lets the camera follow what is new and what is selected, and nothing else. Answers how to reveal the selected again. */
export function useReveal(
  handle: Ref<FlowCanvasHandle> | undefined,
  graph: Graph,
  places: Places,
  selection: Selection | null | undefined,
  camera: Camera,
  focus: (node: string) => void,
): () => void {
  const before = useRef(graph);
  useEffect(() => {
    const came = graph.order.find((id) => !before.current.nodes[id]);
    before.current = graph;
    if (came !== undefined) camera.reveal(places.steps.get(came));
  }, [graph, places, camera]);

  const selected = selection && "id" in selection ? selection : undefined;
  const latest = useRef(places);
  latest.current = places;
  const kind = selected?.kind;
  const id = selected?.id ?? "";
  const revealSelected = useCallback(() => {
    if (kind === "step") camera.reveal(latest.current.steps.get(id));
    if (kind === "trigger") camera.reveal(latest.current.triggers.get(id));
  }, [kind, id, camera]);
  useEffect(revealSelected, [revealSelected]);

  useImperativeHandle(
    handle,
    () => ({
      fit: camera.fit,
      reveal: (id) => camera.reveal(latest.current.steps.get(id)),
      focus: (id) => focus(nodeId.step(id)),
    }),
    [camera, focus],
  );
  return revealSelected;
}
