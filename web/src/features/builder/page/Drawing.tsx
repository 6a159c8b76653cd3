import { useCallback, useMemo } from "react";
import { useStore } from "zustand";
import { FlowCanvas } from "@/features/canvas";
import { useFigureLayer } from "@/features/figures";
import type { Selection, Slot } from "@/graph";
import { useRemoval } from "../editor/useRemoval";
import { useBuilder, useDefinition, useSelection } from "./context";
import { focusPanel } from "./focus";
import { Outline } from "./parts";
import type { View } from "./search";
import { useAnnouncement } from "./useAnnouncement";
import { useLayer } from "./useLayer";

/** The workflow as the address wants it drawn. */
export function Drawing({ view }: { view: View }) {
  return view === "outline" ? <Outline /> : <Canvas />;
}

function Canvas() {
  const {
    specs,
    problems,
    summaries,
    quiet,
    open,
    ask,
    actions,
    readOnly,
    workflow,
    store,
    search,
    overlay,
    noting,
    note,
    noted,
    renaming,
    rename,
    renamed,
  } = useBuilder();
  const definition = useDefinition();
  const selection = useSelection();
  const silent = useStore(quiet, (s) => s.ids);
  const announcement = useAnnouncement();
  const removeStep = useRemoval();
  // What runs stays in the panel while one looks around.
  const running = search.tab === "rehearse" || search.tab === "test";
  const layer = useLayer();
  const figures = useFigureLayer(workflow.key, definition, specs, layer);
  const fixed = readOnly !== null || layer !== null;
  const edits = useMemo(() => {
    if (fixed) return {};
    const onRemove = (target: Selection) => {
      if (target.kind === "step") removeStep(target.id);
      else if (target.kind === "trigger" || target.kind === "exit") actions.removeRule(target.kind, target.id);
    };
    return {
      onInsert: (slot: Slot, also?: readonly Slot[]) => ask({ kind: "pick", slot, ...(also && { also }) }),
      onConnect: actions.connect,
      onAddTrigger: () => ask({ kind: "rule", list: "triggers" }),
      onMove: actions.move,
      onNoting: note,
      onNote: noted,
      onRenaming: rename,
      onRename: renamed,
      onRemove,
    };
  }, [fixed, ask, actions, note, noted, rename, renamed, removeStep]);
  const enter = useCallback(
    (target: Selection) => {
      open(target);
      focusPanel();
    },
    [open],
  );
  return (
    <FlowCanvas
      definition={definition}
      specs={specs}
      summaries={summaries}
      problems={layer ? [] : problems}
      quiet={silent}
      selection={selection}
      onSelect={running ? store.getState().select : open}
      overlay={figures ?? overlay ?? undefined}
      notes={search.notes !== "off"}
      noting={noting}
      renaming={renaming}
      onOpen={enter}
      announcement={announcement}
      label={`Canvas of ${definition.name ?? workflow.key}`}
      {...edits}
    />
  );
}
