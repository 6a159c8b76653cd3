import { useBuilder } from "../page/context";
import { FormPanel, RunPanel, VersionsPanel } from "../page/parts";

/** What stands in the panel: the tab's, else the form of what is selected. */
export function PanelContent() {
  const { search } = useBuilder();
  if (search.tab === "versions") return <VersionsPanel />;
  if (search.tab === "rehearse" || search.tab === "test") return <RunPanel tab={search.tab} />;
  return <FormPanel />;
}
