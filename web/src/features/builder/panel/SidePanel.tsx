import { ActionIcon, Text } from "@mantine/core";
import { X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useBuilder, useSelection } from "../page/context";
import { focusDrawn } from "../page/focus";
import { PanelContent } from "./PanelContent";
import { ResizeHandle } from "./ResizeHandle";
import classes from "./SidePanel.module.css";
import { usePanelTitle } from "./usePanelTitle";
import { usePanelWidth } from "./usePanelWidth";
import { useSteadyFocus } from "./useSteadyFocus";

/** The docked panel: the inspector of what is selected, or what the tab stands for. */
export function SidePanel() {
  const { search, go, open } = useBuilder();
  const selection = useSelection();
  const title = usePanelTitle();
  const [width, setWidth] = usePanelWidth();
  const panel = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const isOpen = search.tab !== undefined || selection !== null;
  useSteadyFocus(body, isOpen);
  if (!isOpen) return null;
  const close = () => {
    if (search.tab === undefined) open(null);
    else go({ tab: undefined });
    if (selection) focusDrawn(selection);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    close();
  };
  return (
    <aside
      ref={panel}
      className={classes.panel}
      style={{ width }}
      aria-label={title}
      data-inspector
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <ResizeHandle width={width} onChange={setWidth} />
      <header className={classes.head}>
        <Text component="h2" fw={650} truncate>
          {title}
        </Text>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Close the panel" onClick={close}>
          <X size={18} aria-hidden />
        </ActionIcon>
      </header>
      <div ref={body} className={classes.body}>
        <div>
          <PanelContent />
        </div>
      </div>
    </aside>
  );
}
