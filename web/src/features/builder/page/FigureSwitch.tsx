import { Button } from "@mantine/core";
import { ChartNoAxesColumn } from "lucide-react";
import { useBuilder } from "./context";

/** Lays the figures over the canvas, and takes them away. */
export function FigureSwitch() {
  const { search, go } = useBuilder();
  const on = search.figures === true;
  return (
    <Button
      size="compact-sm"
      variant={on ? "light" : "default"}
      aria-pressed={on}
      leftSection={<ChartNoAxesColumn size={16} aria-hidden />}
      onClick={() => go({ figures: on ? undefined : true, ...(!on && { view: "canvas" }) })}
    >
      Figures
    </Button>
  );
}
