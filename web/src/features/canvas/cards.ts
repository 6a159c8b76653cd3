import type { Schemas } from "@/api";
import { type Graph, placesOf, type Selection, type Trigger } from "@/graph";
import type { FlowCanvasProps, StepOverlay } from "./types";
import { stepWords, titleOf } from "./words";

/** What a card of a step shows. */
export type StepView = {
  readonly id: string;
  readonly icon: string;
  readonly title: string;
  /** Its own name; empty for none. */
  readonly name: string;
  readonly summary: string;
  readonly problems: number;
  readonly warnings: number;
  /** The note, where it is not drawn beside the card. */
  readonly note: string;
  readonly disabled: boolean;
  readonly reachable: boolean;
  readonly selected: boolean;
  readonly overlay?: StepOverlay;
  readonly dim: boolean;
  readonly words: string;
};

/** What a card of a trigger shows. */
export type TriggerView = {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly problems: number;
  readonly selected: boolean;
  readonly dim: boolean;
  readonly words: string;
};

type Shown = Pick<FlowCanvasProps, "notes" | "summaries" | "problems" | "quiet" | "selection" | "overlay">;

/** Whether something is selected. */
export function isSelected(selection: Selection | null | undefined, kind: string, id: string): boolean {
  return selection?.kind === kind && "id" in selection && selection.id === id;
}

/** The cards of all steps. */
export function stepViews(graph: Graph, shown: Shown): StepView[] {
  const places = placesOf(graph);
  const counts = countByNode(shown.problems ?? []);
  return graph.order.map((id) => {
    const node = graph.nodes[id] ?? { type: "" };
    const spec = graph.specs.get(node.type);
    const summary = shown.summaries?.nodes[id] ?? spec?.description ?? "";
    const found = shown.quiet?.has(id) ? undefined : counts.get(id);
    const overlay = shown.overlay?.nodes[id];
    const problems = found?.error ?? 0;
    const reachable = graph.reachable.has(id);
    const disabled = node.disabled === true;
    const said = { place: places.get(id), spec, type: node.type, name: node.name, summary, overlay, note: node.note };
    return {
      id,
      icon: spec?.icon ?? "",
      title: titleOf(graph, id),
      name: node.name ?? "",
      summary,
      problems,
      warnings: found?.warning ?? 0,
      note: shown.notes ? "" : (node.note ?? ""),
      disabled,
      reachable,
      selected: isSelected(shown.selection, "step", id),
      overlay,
      dim: shown.overlay !== undefined && shown.overlay.dim !== false && overlay === undefined,
      words: stepWords({ ...said, disabled, problems, reachable }),
    };
  });
}

function countByNode(problems: readonly Schemas["DefinitionProblem"][]) {
  const counts = new Map<string, { error: number; warning: number }>();
  for (const { node, severity } of problems) {
    if (!node) continue;
    const count = counts.get(node) ?? { error: 0, warning: 0 };
    count[severity]++;
    counts.set(node, count);
  }
  return counts;
}

const titles = {
  event: "Event",
  manual: "By hand",
  date: "Date",
  schedule: "Schedule",
  inactivity: "Inactivity",
  webhook: "Inbound webhook",
};

/** The cards of all triggers. */
export function triggerViews(graph: Graph, shown: Shown): TriggerView[] {
  return (graph.definition.triggers ?? []).map((trigger, i) => {
    const title = titles[typeOf(trigger)];
    const summary = shown.summaries?.triggers[trigger.id] ?? trigger.event ?? "";
    const path = `/triggers/${i}`;
    const own = (shown.problems ?? []).filter((p) => p.severity === "error" && within(p.path, path));
    const travelled = shown.overlay?.edges.has(`trigger:${trigger.id}`) ?? false;
    return {
      id: trigger.id,
      title,
      summary,
      problems: own.length,
      selected: isSelected(shown.selection, "trigger", trigger.id),
      dim: shown.overlay !== undefined && shown.overlay.dim !== false && !travelled,
      words: ["Trigger", title, summary !== title && summary, own.length > 0 && "incomplete"]
        .filter(Boolean)
        .join(", "),
    };
  });
}

function within(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function typeOf(trigger: Trigger): keyof typeof titles {
  const types = ["manual", "date", "schedule", "inactivity", "webhook"] as const;
  return types.find((type) => trigger[type] !== undefined) ?? "event";
}
