import { useLocalStorage } from "@mantine/hooks";

export const panelWidths = { least: 320, most: 800, usual: 400 };

/** The width of the panel in pixels, as it was last left on this browser. */
export function usePanelWidth(): [number, (width: number) => void] {
  const [width, setWidth] = useLocalStorage({
    key: "fermata.panel-width",
    defaultValue: panelWidths.usual,
    getInitialValueInEffect: false,
  });
  return [bounded(Number(width) || panelWidths.usual), (next) => setWidth(bounded(next))];
}

const bounded = (width: number) => Math.round(Math.max(panelWidths.least, Math.min(panelWidths.most, width)));
