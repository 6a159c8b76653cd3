import { useCallback, useEffect, useState } from "react";
import type { Overlay } from "@/features/canvas";
import { RehearsePanel, TestPanel } from "@/features/run";
import { useBuilder, useDefinition, useSelection } from "../page/context";
import { DraftTests } from "../tests/DraftTests";
import { noLayers, topOf, withRun, withTests } from "../tests/layers";

/** Rehearses or tests the draft on the screen, and shows it on the canvas. */
export function RunPanel({ tab }: { tab: "rehearse" | "test" }) {
  const { workflow, specs, store, flush, setOverlay } = useBuilder();
  const definition = useDefinition();
  const selection = useSelection();
  const [layers, setLayers] = useState(noLayers);
  const overlay = topOf(layers);
  useEffect(() => setOverlay(overlay), [overlay, setOverlay]);
  useEffect(() => () => setOverlay(null), [setOverlay]);
  const onOverlay = useCallback((run: Overlay | null) => setLayers((now) => withRun(now, run)), []);
  const onTests = useCallback(
    (tests: Overlay | null, asked: boolean) => setLayers((now) => withTests(now, tests, asked)),
    [],
  );
  const onSelect = useCallback((node: string) => store.getState().select({ kind: "step", id: node }), [store]);
  const Panel = tab === "rehearse" ? RehearsePanel : TestPanel;
  return (
    <>
      <Panel
        workflow={workflow.key}
        definition={definition}
        specs={specs}
        whenSaved={flush}
        onOverlay={onOverlay}
        selected={selection?.kind === "step" ? selection.id : null}
        onSelect={onSelect}
      />
      {tab === "test" && <DraftTests onOverlay={onTests} />}
    </>
  );
}
