import { type NodeDef, nodesOf, type Specs } from "@/graph";
import { useBuilder, useDefinition, useSelection } from "../page/context";
import { titleOf } from "../problems/places";

const stepTitle = (node: NodeDef | undefined, specs: Specs) =>
  node?.name || specs.get(node?.type ?? "")?.title || "Step";

const titles = { rehearse: "Rehearse", test: "Test", settings: "Settings", versions: "Versions" };

/** What the panel is about. */
export function usePanelTitle(): string {
  const { search, specs } = useBuilder();
  const definition = useDefinition();
  const selection = useSelection();
  if (search.tab) return titles[search.tab];
  // What tells steps without a name apart elsewhere, their id, says nothing here.
  if (selection?.kind === "step") return stepTitle(nodesOf(definition)[selection.id], specs);
  if (selection?.kind === "trigger") return "Trigger";
  return selection?.kind === "exit" ? "Exit" : selection ? titleOf(selection, definition, specs) : "";
}
