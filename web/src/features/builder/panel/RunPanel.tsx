import { useCallback } from "react";
import { RehearsePanel, TestPanel } from "@/features/run";
import { useBuilder, useDefinition } from "../page/context";
import { DraftTests } from "../tests/DraftTests";

/** Rehearses or tests the draft on the screen, and shows it on the canvas. */
export function RunPanel({ tab }: { tab: "rehearse" | "test" }) {
  const { workflow, specs, store, flush, setOverlay } = useBuilder();
  const definition = useDefinition();
  const onSelect = useCallback((node: string) => store.getState().select({ kind: "step", id: node }), [store]);
  const Panel = tab === "rehearse" ? RehearsePanel : TestPanel;
  return (
    <>
      <Panel
        workflow={workflow.key}
        definition={definition}
        specs={specs}
        whenSaved={flush}
        onOverlay={setOverlay}
        onSelect={onSelect}
      />
      {tab === "test" && <DraftTests />}
    </>
  );
}
