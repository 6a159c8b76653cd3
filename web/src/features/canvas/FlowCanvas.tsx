import "@xyflow/react/dist/base.css";
import { MiniMap, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { type Ref, useMemo, useRef } from "react";
import { graphOf, layoutOf, size } from "@/graph";
import { Cap } from "./Cap";
import css from "./canvas.module.css";
import { CanvasContext } from "./context";
import { ExitsChip } from "./ExitsChip";
import { canvasEdges, canvasNodes, nodeId } from "./elements";
import { FlowEdgeView } from "./FlowEdgeView";
import { LinkLine } from "./LinkLine";
import { Meeting } from "./Meeting";
import { NoteCard } from "./NoteCard";
import { notedSteps } from "./notes";
import { StepCard } from "./StepCard";
import { selectionId } from "./stops";
import { AddTriggerCard, TriggerCard } from "./TriggerCard";
import type { FlowCanvasHandle, FlowCanvasProps } from "./types";
import { useActions } from "./useActions";
import { type Flow, useCamera, zooms } from "./useCamera";
import { useDrag } from "./useDrag";
import { useLink } from "./useLink";
import { useReveal } from "./useReveal";
import { useRoving } from "./useRoving";
import { useWords } from "./useWords";
import { ZoomBar } from "./ZoomBar";

const nodeTypes = {
  step: StepCard,
  trigger: TriggerCard,
  addTrigger: AddTriggerCard,
  exits: ExitsChip,
  cap: Cap,
  meeting: Meeting,
  note: NoteCard,
};
const edgeTypes = { flow: FlowEdgeView };

/** Above so many steps there is a map of them. */
const MAP_FROM = 20;

/** Draws a workflow. Without the callbacks that edit it is read-only; see FlowCanvasProps. */
export function FlowCanvas({ ref, ...props }: FlowCanvasProps & { ref?: Ref<FlowCanvasHandle> }) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} handle={ref} />
    </ReactFlowProvider>
  );
}

function Canvas({ handle, ...props }: FlowCanvasProps & { handle?: Ref<FlowCanvasHandle> }) {
  const { definition, specs, summaries, problems, quiet, selection, overlay, onInsert, onMove, onAddTrigger } = props;
  const { notes = false, noting = null } = props;
  const frame = useRef<HTMLDivElement>(null);
  const graph = useMemo(() => graphOf(definition, specs), [definition, specs]);
  const places = useMemo(() => layoutOf(graph, notedSteps(graph, notes, noting)), [graph, notes, noting]);
  const camera = useCamera(frame, places);
  const { drag, onNodeDrag, onNodeDragStop } = useDrag(graph, places, onMove);
  const roving = useRoving(graph, places, frame, camera, props);
  const words = useWords(graph, props.announcement);
  const editable = onInsert !== undefined;
  const movable = onMove !== undefined;
  const canAddTrigger = onAddTrigger !== undefined;
  const shown = useMemo(
    () => ({ summaries, problems, quiet, selection, overlay, notes, noting, editable, movable, canAddTrigger }),
    [summaries, problems, quiet, selection, overlay, notes, noting, editable, movable, canAddTrigger],
  );
  const still = useMemo(() => canvasNodes(graph, places, shown), [graph, places, shown]);
  const edges = useMemo(() => canvasEdges(graph, places, shown), [graph, places, shown]);
  const nodes = useMemo(() => {
    if (!drag) return still;
    const place = { position: { x: drag.x, y: drag.y }, className: css.dragged, zIndex: 10 };
    const note = nodeId.note(selectionId(drag.node));
    return still.map((node) =>
      node.id === drag.node ? { ...node, ...place } : node.id === note ? { ...node, className: css.hidden } : node,
    );
  }, [still, drag]);
  const revealSelected = useReveal(handle, graph, places, selection, camera, roving.focus);
  const begin = (flow: Flow) => {
    camera.begin(flow);
    revealSelected();
  };
  const link = useLink(frame, props.onConnect);
  const actions = useActions(props, roving, drag, link);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const zoom = { "+": 1.25, "=": 1.25, "-": 0.8, "−": 0.8, "0": "full", "1": "fit" }[event.key];
    if (zoom === undefined || event.ctrlKey || event.metaKey || event.altKey) return roving.onKeyDown(event);
    event.preventDefault();
    if (zoom === "fit") camera.fit();
    else camera.zoom(zoom === "full" ? "full" : Number(zoom));
  };
  return (
    <CanvasContext value={actions}>
      <div ref={frame} className={css.frame}>
        <ReactFlow
          aria-label={props.label ?? "Workflow"}
          {...roving.entrance}
          onKeyDown={onKeyDown}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onInit={begin}
          minZoom={zooms.min}
          maxZoom={zooms.max}
          nodesDraggable={movable}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          nodeDragThreshold={6}
          onNodeDrag={onNodeDrag}
          onNodeDragStop={onNodeDragStop}
          onPaneClick={() => props.onSelect?.(null)}
          panOnScroll
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          onlyRenderVisibleElements
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={null}
          disableKeyboardA11y
          attributionPosition="bottom-right"
        >
          {graph.order.length > MAP_FROM && (
            <MiniMap
              pannable
              zoomable
              className={css.map}
              ariaLabel="Map of the workflow"
              nodeBorderRadius={size.beside}
            />
          )}
        </ReactFlow>
        {link.drawn && <LinkLine drawn={link.drawn} />}
        <ZoomBar camera={camera} />
        <div className={css.live} aria-live="polite">
          {words}
        </div>
      </div>
    </CanvasContext>
  );
}
